package io.telecomllm.tensor;

import static io.telecomllm.testing.Vectors.assertClose;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.telecomllm.tensor.Autograd.Values;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class RandomOperatorsTest {
  private static final int MASKS = 3000;

  private final Scope scope = Scope.open(Device.cpu());
  private final Operators ops = scope.operators();

  @AfterEach
  void close() {
    scope.close();
  }

  private Tensor ones(DataType type, long... shape) {
    Tensor ones = ops.zeros(type, shape);
    ops.addScalarInPlace(ones, 1);
    return ones;
  }

  @ParameterizedTest
  @ValueSource(doubles = {0.05, 0.1, 0.5, 0.9})
  void elementsAreZeroWithTheProbabilityAndTheMeanStays(double probability) {
    int n = 200_000;
    float[] kept =
        ops.toFloats(ops.random().dropout(ones(DataType.FLOAT32, n), probability, new Seed(3)));
    int zeros = 0;
    for (float value : kept) {
      if (value == 0) {
        zeros++;
      } else {
        assertThat(value).isCloseTo((float) (1 / (1 - probability)), within(1e-6f * value));
      }
    }
    double deviation = Math.sqrt(probability * (1 - probability) / n);
    assertThat((double) zeros / n).isCloseTo(probability, within(5 * deviation));
  }

  @ParameterizedTest
  @EnumSource(
      value = DataType.class,
      names = {"FLOAT32", "BFLOAT16", "FLOAT16"})
  void addingTheDropoutMeetsTheSameElements(DataType type) {
    Values values = Values.random(1, 13, 7);
    Tensor x = ops.to(values.in(ops), type);
    Tensor y = ops.zeros(type, 13, 7);
    ops.random().addDropoutInPlace(y, x, 0.3, new Seed(5));
    float[] expected = ops.toFloats(ops.random().dropout(x, 0.3, new Seed(5)));
    // -0 becomes 0
    assertClose("once", ops.toFloats(y), expected, 0);
    assertThat(expected).contains(0f);
    ops.random().addDropoutInPlace(y, x, 0.3, new Seed(5));
    assertClose("twice", ops.toFloats(ops.multiply(y, 0.5)), expected, 0.01);
  }

  @Test
  void uniformNoiseStaysWithinEachRowsMagnitudeAndFillsIt() {
    int features = 20_000;
    float[] magnitudes = {0.5f, 0, 2};
    Tensor x = ones(DataType.FLOAT32, 3, features);
    ops.random().addUniformInPlace(x, ops.floats(magnitudes, 3), new Seed(8));
    float[] found = ops.toFloats(x);
    for (int row = 0; row < 3; row++) {
      double sum = 0;
      double squares = 0;
      double largest = 0;
      for (int i = 0; i < features; i++) {
        double noise = found[row * features + i] - 1;
        sum += noise;
        squares += noise * noise;
        largest = Math.max(largest, Math.abs(noise));
      }
      double m = magnitudes[row];
      assertThat(largest).isBetween(0.99 * m, m + 1e-6);
      assertThat(sum / features).isCloseTo(0, within(0.02 * m + 1e-9));
      assertThat(squares / features).isCloseTo(m * m / 3, within(0.02 * m * m + 1e-9));
    }
    Tensor half = ones(DataType.BFLOAT16, 3, 4);
    ops.random().addUniformInPlace(half, ops.floats(magnitudes, 3), new Seed(8));
    assertThat(ops.typeOf(half)).isEqualTo(DataType.BFLOAT16);
    assertThat(ops.toFloats(half)).isNotEqualTo(ops.toFloats(ones(DataType.FLOAT32, 3, 4)));
  }

  /** libtorch's generator is one for all threads. */
  @Test
  void threadsDoNotDisturbEachOther() {
    List<float[]> alone = IntStream.range(0, MASKS).mapToObj(this::mask).toList();
    List<float[]> together = new ArrayList<>(Collections.nCopies(MASKS, new float[0]));
    IntStream.range(0, MASKS).parallel().forEach(i -> together.set(i, mask(i)));
    for (int i = 0; i < MASKS; i++) {
      assertThat(together.get(i)).as("seed " + i).isEqualTo(alone.get(i));
    }
  }

  private float[] mask(int seed) {
    try (Scope own = Scope.open(Device.cpu())) {
      Operators operators = own.operators();
      Tensor x = operators.zeros(DataType.FLOAT32, 50);
      operators.normalInPlace(x, 1, seed);
      return operators.toFloats(operators.random().dropout(x, 0.5, new Seed(seed)));
    }
  }

  @Test
  void seedsOfPartsDiffer() {
    Set<Long> seen = new HashSet<>();
    for (long seed = -2; seed <= 2; seed++) {
      for (int epoch = 0; epoch < 10; epoch++) {
        for (int step = 0; step < 100; step++) {
          Seed own = new Seed(seed).child(epoch).child(step);
          assertThat(seen.add(own.value())).isTrue();
          assertThat(seen.add(own.child("model.layers.0.self_attn.q_proj").value())).isTrue();
          assertThat(seen.add(own.child("model.layers.0.self_attn.k_proj").value())).isTrue();
        }
      }
    }
    Seed seed = new Seed(3407);
    assertThat(seed.child(1).child(2)).isNotEqualTo(seed.child(2).child(1));
    assertThat(seed.child("ab")).isNotEqualTo(seed.child("ba"));
    assertThat(seed.child("").value()).isNotEqualTo(seed.value());
    // a run that was begun by an older version must be resumed with the same numbers
    assertThat(seed.child("dropout").child(1).child(20).value()).isEqualTo(GOLDEN);
  }

  private static final long GOLDEN = -4207370710796820110L;
}
