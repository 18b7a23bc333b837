package io.telecomllm.export;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.telecomllm.lora.LoraAdapter;
import io.telecomllm.lora.LoraConfig;
import io.telecomllm.lora.Parameter;
import io.telecomllm.model.LanguageModel;
import io.telecomllm.quantization.QuantizationConfig;
import io.telecomllm.tensor.DataType;
import io.telecomllm.tensor.Scope;
import io.telecomllm.testing.SampleQuestions;
import io.telecomllm.testing.TinyModel;
import io.telecomllm.tokenizer.Tokenizer;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The loss of merging is measured with what was written, not with what was in memory. */
class MergeReportTest {
  @TempDir private Path folder;

  private LanguageModel model;
  private LoraAdapter adapter;
  private Tokenizer tokenizer;

  @BeforeEach
  void adapt() {
    model = TinyModel.load(512);
    tokenizer = Tokenizer.load(model.files());
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

  private MergeReport export(Export export) {
    return export.folder(folder, SampleQuestions.of(12), tokenizer, TinyModel.prompt());
  }

  @Test
  void singlePrecisionLosesNothing() {
    MergeReport report = export(Export.of(model).merging(adapter).type(DataType.FLOAT32));
    assertThat(report.questions()).isEqualTo(12);
    assertThat(report.largestLogitDifference()).isBetween(0.0, 2e-4);
    assertThat(report.accuracyDifference()).isZero();
    assertThat(folder.resolve("model.safetensors")).exists();
    assertThat(folder.resolve("tokenizer.json")).exists();
  }

  @Test
  void lessPrecisionLosesMoreAndTheReportSaysSo() {
    double half = export(Export.of(model).merging(adapter)).largestLogitDifference();
    double packed =
        export(Export.of(model).merging(adapter).packed(QuantizationConfig.nf4()))
            .largestLogitDifference();
    assertThat(half).isGreaterThan(1e-4);
    assertThat(packed).isGreaterThan(3 * half);
  }

  @Test
  void withoutQuestionsThereIsNothingToMeasure() {
    assertThatThrownBy(
            () ->
                Export.of(model)
                    .merging(adapter)
                    .folder(folder, List.of(), tokenizer, TinyModel.prompt()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("none of the 0 questions fits the context");
  }
}
