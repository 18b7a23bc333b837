package io.telecomllm.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.telecomllm.lora.Deltas;
import io.telecomllm.lora.Gradients;
import io.telecomllm.lora.LoraAdapter;
import io.telecomllm.lora.LoraConfig;
import io.telecomllm.lora.Parameter;
import io.telecomllm.tensor.Autograd.Values;
import io.telecomllm.tensor.DataType;
import io.telecomllm.tensor.Device;
import io.telecomllm.tensor.Operators;
import io.telecomllm.tensor.Scope;
import io.telecomllm.tensor.Seed;
import io.telecomllm.tensor.Tensor;
import io.telecomllm.testing.TinyModel;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** NEFTune and dropout in a pass through a whole model. */
class TrainingNoiseTest {
  private static final Seed SEED = new Seed(5);

  /** Two sequences of 5 and 7 that share 3 tokens, and one of 4. */
  private static final TokenBatch TREE =
      new TokenBatch(
          new int[] {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13},
          List.of(
              new TokenBatch.Segment(0, 3, -1),
              new TokenBatch.Segment(3, 2, 0),
              new TokenBatch.Segment(5, 4, 0),
              new TokenBatch.Segment(9, 4, -1)));

  private final Scope scope = Scope.open(Device.cpu());
  private final Operators ops = scope.operators();

  @AfterEach
  void close() {
    scope.close();
  }

  @Test
  void aRowBelongsToItsLongestSequence() {
    assertThat(TREE.sequenceLengths()).containsExactly(7, 7, 7, 5, 5, 7, 7, 7, 7, 4, 4, 4, 4);
  }

  @Test
  void noiseIsAlphaOverTheRootOfTokensTimesFeatures() {
    int features = 4000;
    Tensor x = ops.zeros(DataType.FLOAT32, TREE.rows(), features);
    new EmbeddingNoise(5, SEED).addInPlace(ops, x, TREE);
    float[] noise = ops.toFloats(x);
    int[] lengths = TREE.sequenceLengths();
    for (int row = 0; row < lengths.length; row++) {
      double magnitude = 5 / Math.sqrt((double) lengths[row] * features);
      double largest = 0;
      for (int i = 0; i < features; i++) {
        largest = Math.max(largest, Math.abs(noise[row * features + i]));
      }
      assertThat(largest).as("row " + row).isBetween(0.99 * magnitude, magnitude * 1.000001);
    }
    assertThatThrownBy(() -> new EmbeddingNoise(-1, SEED))
        .hasMessage("alpha is -1.0, must be finite and at least 0");
  }

  private static LoraAdapter adapter(LanguageModel model, Scope scope) {
    LoraConfig config = LoraConfig.builder().rank(2).alpha(2).dropout(0.3).build();
    LoraAdapter adapter = LoraAdapter.create(config, model, 7);
    long seed = 1;
    for (Parameter parameter : adapter.parameters()) {
      scope.operators().normalInPlace(parameter.value(), 0.2, seed++);
    }
    return adapter;
  }

  private float[] hidden(LanguageModel model, Deltas deltas, EmbeddingNoise noise) {
    return ops.toFloats(model.network().record(TREE, deltas, noise, null, scope).hidden());
  }

  @Test
  void aPassIsItsSeedsAndWithoutThemThatOfAnswering() {
    try (LanguageModel model = TinyModel.load(64);
        LoraAdapter adapter = adapter(model, scope)) {
      Deltas deltas = adapter.deltas(DataType.FLOAT32, scope);
      EmbeddingNoise noise = new EmbeddingNoise(5, SEED);
      float[] plain = hidden(model, deltas, EmbeddingNoise.NONE);
      // attention that keeps its probabilities rounds otherwise than the fused kernel
      assertThat(ops.toFloats(model.network().hidden(TREE, null, deltas, null, scope)))
          .usingComparatorWithPrecision(1e-5f)
          .containsExactly(plain);
      assertThat(ops.toFloats(model.network().record(TREE, deltas, null, scope).hidden()))
          .isEqualTo(plain);
      float[] noisy = hidden(model, deltas, noise);
      float[] dropped = hidden(model, deltas.withDropout(SEED), EmbeddingNoise.NONE);
      assertThat(noisy).isNotEqualTo(plain);
      assertThat(dropped).isNotEqualTo(plain);
      assertThat(hidden(model, deltas, noise)).isEqualTo(noisy);
      assertThat(hidden(model, deltas.withDropout(SEED), EmbeddingNoise.NONE)).isEqualTo(dropped);
      assertThat(hidden(model, deltas, new EmbeddingNoise(5, SEED.child(1)))).isNotEqualTo(noisy);
      assertThat(hidden(model, deltas.withDropout(SEED.child(1)), EmbeddingNoise.NONE))
          .isNotEqualTo(dropped);
    }
  }

  /** The sum of g * hidden, along a random direction of all parameters. */
  @Test
  void theBackwardIsThatOfTheSameMasks() {
    try (LanguageModel model = TinyModel.load(64);
        LoraAdapter adapter = adapter(model, scope)) {
      Values g = Values.random(3, TREE.rows(), model.config().hiddenSize());
      Gradients gradients = Gradients.zeros(adapter.parameters(), scope);
      ForwardPass pass =
          model
              .network()
              .record(
                  TREE,
                  adapter.deltas(DataType.FLOAT32, scope, gradients).withDropout(SEED),
                  new EmbeddingNoise(5, SEED),
                  null,
                  scope);
      pass.backward(g.in(ops), gradients);
      double step = 1e-3;
      double expected = 0;
      for (Parameter parameter : adapter.parameters()) {
        Values direction = direction(parameter);
        float[] gradient = ops.toFloats(gradients.require(parameter.name()));
        for (int i = 0; i < gradient.length; i++) {
          expected += gradient[i] * direction.values()[i];
        }
        ops.addInPlace(parameter.value(), direction.in(ops), step);
      }
      double above = objective(model, adapter, g);
      for (Parameter parameter : adapter.parameters()) {
        ops.addInPlace(parameter.value(), direction(parameter).in(ops), -2 * step);
      }
      double below = objective(model, adapter, g);
      assertThat((above - below) / (2 * step))
          .isCloseTo(expected, within(0.01 * Math.abs(expected)));
    }
  }

  private static Values direction(Parameter parameter) {
    return Values.random(parameter.name().hashCode(), parameter.value().shape());
  }

  private double objective(LanguageModel model, LoraAdapter adapter, Values g) {
    Deltas deltas = adapter.deltas(DataType.FLOAT32, scope).withDropout(SEED);
    float[] hidden = hidden(model, deltas, new EmbeddingNoise(5, SEED));
    double sum = 0;
    for (int i = 0; i < hidden.length; i++) {
      sum += hidden[i] * g.values()[i];
    }
    return sum;
  }
}
