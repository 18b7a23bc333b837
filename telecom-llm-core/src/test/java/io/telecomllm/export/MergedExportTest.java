package io.telecomllm.export;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.telecomllm.lora.LoraAdapter;
import io.telecomllm.lora.LoraConfig;
import io.telecomllm.lora.Parameter;
import io.telecomllm.model.LanguageModel;
import io.telecomllm.prompt.Tokenizer;
import io.telecomllm.quantization.QuantizationConfig;
import io.telecomllm.tensor.DataType;
import io.telecomllm.tensor.Scope;
import io.telecomllm.testing.SampleQuestions;
import io.telecomllm.testing.TinyModel;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The loss of merging is measured with what was written, not with what was in memory. */
class MergedExportTest {
  @TempDir private Path folder;

  private LanguageModel model;
  private LoraAdapter adapter;
  private Tokenizer tokenizer;

  @BeforeEach
  void adapt() {
    model = TinyModel.load(512);
    tokenizer = Tokenizer.of(model);
    adapter = LoraAdapter.create(LoraConfig.builder().rank(4).alpha(8).build(), model, 7);
    try (Scope scope = Scope.open(model.device())) {
      int seed = 1;
      for (Parameter parameter : adapter.parameters()) {
        scope.operators().normalInPlace(parameter.value(), 0.05, seed++);
      }
    }
  }

  @AfterEach
  void close() {
    adapter.close();
    tokenizer.close();
    model.close();
  }

  private MergeReport export(MergedExport export) {
    return export.write(folder, SampleQuestions.of(12), tokenizer, TinyModel.prompt());
  }

  @Test
  void singlePrecisionLosesNothing() {
    MergeReport report = export(MergedExport.of(model, adapter).type(DataType.FLOAT32));
    assertThat(report.questions()).isEqualTo(12);
    assertThat(report.largestLogitDifference()).isBetween(0.0, 2e-4);
    assertThat(report.accuracyDifference()).isZero();
    assertThat(folder.resolve("model.safetensors")).exists();
    assertThat(folder.resolve("tokenizer.json")).exists();
  }

  @Test
  void lessPrecisionLosesMoreAndTheReportSaysSo() {
    double half = export(MergedExport.of(model, adapter)).largestLogitDifference();
    double packed =
        export(MergedExport.of(model, adapter).packed(QuantizationConfig.nf4()))
            .largestLogitDifference();
    assertThat(half).isGreaterThan(1e-4);
    assertThat(packed).isGreaterThan(3 * half);
  }

  @Test
  void withoutQuestionsThereIsNothingToMeasure() {
    assertThatThrownBy(
            () ->
                MergedExport.of(model, adapter)
                    .write(folder, List.of(), tokenizer, TinyModel.prompt()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("none of the 0 questions fits the context");
  }
}
