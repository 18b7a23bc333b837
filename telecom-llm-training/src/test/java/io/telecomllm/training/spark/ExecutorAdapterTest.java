package io.telecomllm.training.spark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.telecomllm.IncompatibleException;
import io.telecomllm.lineage.Lineage;
import io.telecomllm.lora.LoraAdapter;
import io.telecomllm.model.LanguageModel;
import io.telecomllm.model.files.ModelSpec;
import io.telecomllm.tensor.Scope;
import io.telecomllm.testing.Adapters;
import io.telecomllm.training.batching.StepBatch;
import io.telecomllm.training.gradients.AdapterFiles;
import io.telecomllm.training.gradients.LocalGradients;
import io.telecomllm.training.gradients.LossAndGradients;
import io.telecomllm.training.gradients.ParameterArrays;
import io.telecomllm.training.gradients.Slice;
import io.telecomllm.training.gradients.Steps;
import io.telecomllm.training.objective.Likelihood;
import io.telecomllm.training.spark.ExecutorAdapter.Run;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What an executor does, without Spark. */
class ExecutorAdapterTest {
  @TempDir static Path folder;
  private static ModelSpec spec;
  private static LanguageModel model;
  private static LoraAdapter adapter;
  private static ParameterArrays values;
  private static StepBatch window;

  @BeforeAll
  static void open() throws IOException {
    spec = Steps.spec(folder);
    model = spec.load();
    adapter = LoraAdapter.create(Steps.LORA, model, 5);
    Adapters.randomise(adapter, 0.1);
    try (Scope scope = Scope.open(model.device())) {
      values = ParameterArrays.of(adapter.parameters(), scope);
    }
    window = Steps.window(Steps.examples(model, 14), 2);
  }

  @AfterAll
  static void close() {
    adapter.close();
    model.close();
  }

  @Test
  void anExecutorLoadsOncePerRunAndRefusesAnotherModel() {
    String fingerprint = Lineage.Base.of(model).fingerprint();
    AtomicInteger loads = new AtomicInteger();
    Slice slice = Slice.cut(window, new Likelihood(), 1).get(0);
    LossAndGradients expected =
        new LocalGradients(model, adapter, new Likelihood()).gradients(values, window);
    try (ExecutorAdapter executor = new ExecutorAdapter()) {
      Run first = new Run("first", spec, fingerprint, new Likelihood());
      Run second = new Run("second", spec, fingerprint, new Likelihood());
      for (Run run : List.of(first, first, second, second, first)) {
        LossAndGradients found =
            executor.gradients(
                run,
                () -> {
                  loads.incrementAndGet();
                  return AdapterFiles.of(adapter);
                },
                values,
                slice);
        assertThat(found.loss()).isEqualTo(expected.loss());
        assertThat(found.gradients().arrays())
            .usingRecursiveComparison()
            .isEqualTo(expected.gradients().arrays());
      }
      assertThat(loads.get()).isEqualTo(3);
      Run other = new Run("other", spec, "0".repeat(64), new Likelihood());
      assertThatThrownBy(() -> executor.loss(other, () -> AdapterFiles.of(adapter), values, slice))
          .isInstanceOf(IncompatibleException.class)
          .hasMessage(
              "the executor's model %s is not the driver's: its fingerprint is %s, expected %s",
              folder, fingerprint, "0".repeat(64));
    }
    assertThat(spec.shared()).isSameAs(spec.shared());
  }
}
