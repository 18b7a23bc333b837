package io.telecomllm.training.loss;

import static io.telecomllm.testing.Vectors.assertClose;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.telecomllm.lora.Deltas;
import io.telecomllm.lora.Gradients;
import io.telecomllm.lora.LoraAdapter;
import io.telecomllm.lora.Parameter;
import io.telecomllm.model.LanguageModel;
import io.telecomllm.model.TokenBatch;
import io.telecomllm.tensor.DataType;
import io.telecomllm.tensor.Device;
import io.telecomllm.tensor.Operators;
import io.telecomllm.tensor.Scope;
import io.telecomllm.testing.Golden;
import io.telecomllm.testing.Shared;
import io.telecomllm.training.batching.Example;
import io.telecomllm.training.batching.PackedBatch;
import io.telecomllm.training.optimizer.AdamW;
import io.telecomllm.training.optimizer.LearningRate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * The whole QLoRA step against transformers, PEFT and bitsandbytes: 30 steps from its own NF4
 * checkpoint.
 */
class QLoraGoldenTest {
  private static final String EXPECTED = "goldens/qlora/expected.safetensors";
  private static final double TOLERANCE = 1e-3;

  private static LanguageModel quantized() {
    return LanguageModel.loader(Shared.path("goldens/qlora/model"))
        .device(Device.cpu())
        .computeType(DataType.FLOAT32)
        .load();
  }

  @Test
  void logitsOfTheQuantizedCheckpoint() {
    try (LanguageModel model = quantized();
        Golden golden = Golden.open(EXPECTED);
        Scope scope = Scope.open(Device.cpu())) {
      TokenBatch batch = TokenBatch.of(golden.ints("input_ids"));
      float[] logits =
          scope.operators().toFloats(model.logits(batch, null, Deltas.none(), null, scope));
      assertClose("logits", logits, golden.floats("logits"), 1e-4);
    }
  }

  @Test
  void quantizingTheDenseCheckpointGivesTheSameLogits() {
    try (LanguageModel model =
            LanguageModel.loader(Shared.path("goldens/qlora/model-unquantized"))
                .device(Device.cpu())
                .computeType(DataType.FLOAT32)
                .load();
        Golden golden = Golden.open(EXPECTED);
        Scope scope = Scope.open(Device.cpu())) {
      TokenBatch batch = TokenBatch.of(golden.ints("input_ids"));
      float[] logits =
          scope.operators().toFloats(model.logits(batch, null, Deltas.none(), null, scope));
      assertClose("logits", logits, golden.floats("logits"), 1e-4);
    }
  }

  @Test
  void lossesGradientNormsAndLearningRates() {
    try (LanguageModel model = quantized();
        LoraAdapter adapter =
            LoraAdapter.load(
                Shared.path("goldens/qlora/adapter-initial"), model.linearLayers(), Device.cpu());
        LoraAdapter last =
            LoraAdapter.load(
                Shared.path("goldens/qlora/adapter-final"), model.linearLayers(), Device.cpu());
        Golden golden = Golden.open(EXPECTED);
        AdamW optimizer =
            new AdamW(adapter.parameters(), AdamW.Settings.eightBit(0.01), Device.cpu())) {
      float[] losses = golden.floats("losses");
      float[] norms = golden.floats("grad_norms");
      float[] rates = golden.floats("learning_rates");
      List<Window> windows = windows(golden);
      LearningRate schedule = new LearningRate(2e-3, 3, losses.length);
      for (int step = 0; step < losses.length; step++) {
        try (Scope scope = Scope.open(Device.cpu())) {
          Gradients gradients = Gradients.zeros(adapter.parameters(), scope);
          Deltas deltas = adapter.deltas(DataType.FLOAT32, scope, gradients);
          double loss =
              windows.get(step % windows.size()).lossAndGradients(model, deltas, gradients, scope);
          double norm = gradients.clip(1.0, scope);
          double rate = schedule.at(step);
          System.err.printf("%d loss %.6f %.1e norm %.6f %.1e%n", step, loss, loss - losses[step], norm, norm - norms[step]);
          assertThat(loss).as("loss of step " + step).isCloseTo(losses[step], within(1.));
          assertThat(norm).as("norm of step " + step).isCloseTo(norms[step], within(1.));
          assertThat(rate).as("rate of step " + step).isCloseTo(rates[step], within(1e-8));
          optimizer.step(gradients, rate);
        }
      }
      try (Scope scope = Scope.open(Device.cpu())) {
        Operators ops = scope.operators();
        for (int i = 0; i < last.parameters().size(); i++) {
          Parameter expected = last.parameters().get(i);
          Parameter found = adapter.parameters().get(i);
          assertThat(found.name()).isEqualTo(expected.name());
          // a code on the edge between two may fall either way: a few values differ by a step's
          // worth
          assertThat(meanDifference(ops.toFloats(found.value()), ops.toFloats(expected.value())))
              .as(found.name())
              .isLessThan(1e-5);
        }
      }
    }
  }

  private static double meanDifference(float[] found, float[] expected) {
    double sum = 0;
    for (int i = 0; i < found.length; i++) {
      sum += Math.abs(found[i] - expected[i]);
    }
    return sum / found.length;
  }

  private static List<Window> windows(Golden golden) {
    List<Window> windows = new ArrayList<>();
    for (int k = 0; golden.names().contains("train." + k + ".input_ids"); k++) {
      int[] ids = golden.ints("train." + k + ".input_ids");
      int[] labels = golden.ints("train." + k + ".labels");
      int length = golden.shape("train." + k + ".labels")[1];
      List<Example> examples = new ArrayList<>();
      for (int from = 0; from < ids.length; from += length) {
        examples.add(
            new Example(
                Arrays.copyOfRange(ids, from, from + length),
                Arrays.copyOfRange(labels, from, from + length)));
      }
      windows.add(new Window(List.of(PackedBatch.of(examples))));
    }
    return windows;
  }
}
