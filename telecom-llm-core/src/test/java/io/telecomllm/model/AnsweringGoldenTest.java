package io.telecomllm.model;

import static org.assertj.core.api.Assertions.assertThat;

import io.telecomllm.lora.Deltas;
import io.telecomllm.model.files.ModelLoader;
import io.telecomllm.tensor.Device;
import io.telecomllm.tensor.Operators;
import io.telecomllm.tensor.Scope;
import io.telecomllm.testing.Shared;
import io.telecomllm.testing.SmolLm2;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A real model for answering predicts what the same file predicts in fp32. */
@Tag("shared")
class AnsweringGoldenTest {
  private static final String TEXT =
      "The access and mobility management function registers a user equipment, and the session"
          + " management function assigns an address to each of its sessions.";

  private final int[] ids = SmolLm2.tokenizer().encode(TEXT);

  /** The logarithms of the probabilities after each token, read together or one by one. */
  private float[][] predictions(LanguageModel model, boolean together) {
    try (Scope scope = Scope.open(Device.cpu());
        KvCache cache = model.network().newCache(ids.length)) {
      Operators ops = scope.operators();
      Stream<int[]> parts =
          together ? Stream.of(ids) : Arrays.stream(ids).mapToObj(id -> new int[] {id});
      float[][] rows = new float[ids.length][];
      int vocabulary = model.config().vocabularySize();
      int[] at = {0};
      parts.forEach(
          part -> {
            TokenBatch batch = TokenBatch.continuing(0, part);
            float[] values =
                ops.toFloats(
                    ops.logSoftmax(
                        model.network().logits(batch, cache, Deltas.none(), null, scope)));
            for (int row = 0; row < part.length; row++) {
              rows[at[0]++] = Arrays.copyOfRange(values, row * vocabulary, (row + 1) * vocabulary);
            }
          });
      return rows;
    }
  }

  private static double divergence(float[][] p, float[][] q) {
    double sum = 0;
    for (int row = 0; row < p.length; row++) {
      for (int i = 0; i < p[row].length; i++) {
        sum += Math.exp(p[row][i]) * (p[row][i] - q[row][i]);
      }
    }
    return sum / p.length;
  }

  /** NF4 comes to 0.3 here, bf16 alone to 0.001; this small model has values that stand out. */
  @ParameterizedTest
  @CsvSource({"INT4, 0.004", "INT8, 0.05"})
  void itsPredictionsAreNearlyThoseOfTheFile(WeightType type, double most) {
    float[][] expected = predictions(SmolLm2.model(), true);
    try (LanguageModel model =
        ModelLoader.of(Shared.gguf()).device(Device.cpu()).forAnswering(type).load()) {
      assertThat(model.weightType()).isEqualTo(type);
      assertThat(divergence(expected, predictions(model, true))).isBetween(0.0, most);
      assertThat(divergence(expected, predictions(model, false))).isBetween(0.0, most);
    }
  }
}
