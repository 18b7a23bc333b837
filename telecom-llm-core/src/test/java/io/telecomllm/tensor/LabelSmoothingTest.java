package io.telecomllm.tensor;

import static io.telecomllm.testing.Vectors.assertClose;
import static org.assertj.core.api.Assertions.assertThat;

import io.telecomllm.tensor.Autograd.Values;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Smoothed cross-entropy against torch's definition, written out in double. */
class LabelSmoothingTest {
  private static final int ROWS = 7;
  private static final int FEATURES = 5;
  private static final int VOCABULARY = 11;
  private static final int[] LABELS = {0, 10, 3, 3, 7, 1, 2};
  private static final float[] WEIGHTS = {0.5f, 1, 2, 0, 0.25f, 1, 3};

  private final Scope scope = Scope.open(Device.cpu());
  private final Operators ops = scope.operators();
  private final Values h = Values.random(1, ROWS, FEATURES);
  private final Values w = Values.random(2, VOCABULARY, FEATURES);
  private final Values bias = Values.random(3, VOCABULARY);

  @AfterEach
  void close() {
    scope.close();
  }

  @ParameterizedTest
  @CsvSource({"0, 64", "0.1, 64", "0.1, 3", "0.1, 1", "0.9, 7", "1e-6, 2"})
  void lossAndEveryGradient(double smoothing, int chunk) {
    Tensor gw = ops.zeros(DataType.FLOAT32, VOCABULARY, FEATURES);
    Tensor gbias = ops.zeros(DataType.FLOAT32, VOCABULARY);
    Operators.Pair found = run(smoothing, chunk, gw, gbias);
    Naive naive = new Naive(smoothing);
    assertClose("loss", ops.toFloats(found.first()), new float[] {(float) naive.loss()}, 1e-5);
    assertClose("gh", ops.toFloats(found.second()), naive.gradient(naive.h), 1e-5);
    assertClose("gw", ops.toFloats(gw), naive.gradient(naive.w), 1e-5);
    assertClose("gbias", ops.toFloats(gbias), naive.gradient(naive.bias), 1e-5);
    assertThat(Math.abs(naive.loss() - new Naive(0.5).loss())).isGreaterThan(1e-3);
  }

  private Operators.Pair run(double smoothing, int chunk, Tensor gw, Tensor gbias) {
    return ops.crossEntropy(
        h.in(ops),
        w.in(ops),
        bias.in(ops),
        ops.longs(LABELS),
        ops.floats(WEIGHTS, ROWS),
        chunk,
        smoothing,
        gw,
        gbias);
  }

  /** The weighted sum over rows of (1 - e) nll + e (the mean over the vocabulary of -log p). */
  private final class Naive {
    final double smoothing;
    final double[] h = doubles(LabelSmoothingTest.this.h);
    final double[] w = doubles(LabelSmoothingTest.this.w);
    final double[] bias = doubles(LabelSmoothingTest.this.bias);

    Naive(double smoothing) {
      this.smoothing = smoothing;
    }

    private double[] doubles(Values values) {
      double[] doubles = new double[values.values().length];
      for (int i = 0; i < doubles.length; i++) {
        doubles[i] = values.values()[i];
      }
      return doubles;
    }

    double loss() {
      double total = 0;
      for (int row = 0; row < ROWS; row++) {
        double[] logits = new double[VOCABULARY];
        double sum = 0;
        for (int v = 0; v < VOCABULARY; v++) {
          logits[v] = bias[v];
          for (int i = 0; i < FEATURES; i++) {
            logits[v] += h[row * FEATURES + i] * w[v * FEATURES + i];
          }
          sum += Math.exp(logits[v]);
        }
        double mean = 0;
        for (double logit : logits) {
          mean += (Math.log(sum) - logit) / VOCABULARY;
        }
        double nll = Math.log(sum) - logits[LABELS[row]];
        total += WEIGHTS[row] * ((1 - smoothing) * nll + smoothing * mean);
      }
      return total;
    }

    float[] gradient(double[] of) {
      double step = 1e-5;
      float[] gradient = new float[of.length];
      for (int i = 0; i < of.length; i++) {
        double value = of[i];
        of[i] = value + step;
        double above = loss();
        of[i] = value - step;
        double below = loss();
        of[i] = value;
        gradient[i] = (float) ((above - below) / (2 * step));
      }
      return gradient;
    }
  }
}
