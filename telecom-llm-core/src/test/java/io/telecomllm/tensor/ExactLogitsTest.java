package io.telecomllm.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Logits and losses are as exact as fp32, whatever type the network computes in. */
class ExactLogitsTest {
  private static final int ROWS = 5;
  private static final int WIDTH = 600;

  /** More than one piece of the matrix, and a last one that is not whole. */
  private static final int VOCABULARY = 3511;

  private record Inputs(Tensor h, Tensor w, float[] hidden, float[] weights) {
    /** Logits of some tens, where a step of bf16 is 0.25. */
    static Inputs of(Operators ops, DataType type) {
      Tensor h = ops.zeros(DataType.FLOAT32, ROWS, WIDTH);
      Tensor w = ops.zeros(DataType.FLOAT32, VOCABULARY, WIDTH);
      ops.normalInPlace(h, 1, 1);
      ops.normalInPlace(w, 2, 2);
      Tensor rounded = ops.to(h, type);
      Tensor matrix = ops.to(w, type);
      return new Inputs(rounded, matrix, ops.toFloats(rounded), ops.toFloats(matrix));
    }

    double logit(int row, int token) {
      double sum = 0;
      for (int i = 0; i < WIDTH; i++) {
        sum += (double) hidden[row * WIDTH + i] * weights[token * WIDTH + i];
      }
      return sum;
    }

    double loss(int row, int label) {
      double sum = 0;
      for (int token = 0; token < VOCABULARY; token++) {
        sum += Math.exp(logit(row, token));
      }
      return Math.log(sum) - logit(row, label);
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"FLOAT32", "BFLOAT16", "FLOAT16"})
  void logitsAreNotRoundedToTheComputeType(DataType type) {
    try (Scope scope = Scope.open(Device.cpu())) {
      Operators ops = scope.operators();
      Inputs inputs = Inputs.of(ops, type);
      float[] found = ops.toFloats(ops.logits(inputs.h(), inputs.w(), ops.none()));
      Set<Float> distinct = new HashSet<>();
      for (int row = 0; row < ROWS; row++) {
        for (int token = 0; token < VOCABULARY; token++) {
          float logit = found[row * VOCABULARY + token];
          assertThat(logit).isCloseTo((float) inputs.logit(row, token), within(1e-3f));
          distinct.add(logit);
        }
      }
      // a few of 17,555 numbers in fp32 are equal by chance, of bf16's steps nearly all are
      assertThat(distinct).hasSizeGreaterThan(ROWS * VOCABULARY * 99 / 100);
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"FLOAT32", "BFLOAT16", "FLOAT16"})
  void lossesAreNotRoundedToTheComputeType(DataType type) {
    try (Scope scope = Scope.open(Device.cpu())) {
      Operators ops = scope.operators();
      Inputs inputs = Inputs.of(ops, type);
      for (int row = 0; row < ROWS; row++) {
        Tensor weight = ops.floats(new float[] {1}, 1);
        Operators.Pair loss =
            ops.crossEntropy(
                ops.narrow(inputs.h(), 0, row, 1),
                inputs.w(),
                ops.none(),
                ops.longs(7L * row),
                weight,
                2,
                ops.none(),
                ops.none());
        assertThat((double) ops.toFloats(loss.first())[0])
            .isCloseTo(inputs.loss(row, 7 * row), within(1e-3));
      }
    }
  }
}
