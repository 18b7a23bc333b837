package io.telecomllm.tensor;

import static io.telecomllm.testing.Vectors.assertClose;
import static org.assertj.core.api.Assertions.assertThat;

import io.telecomllm.tensor.Autograd.Result;
import io.telecomllm.tensor.Autograd.Values;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The operators of adapters against naive formulas, autograd and torch's full decomposition. */
class AdapterOperatorsTest {
  private static final double TOLERANCE = 2e-5;
  private static final int ROWS = 7;

  private final Scope scope = Scope.open(Device.cpu());
  private final Operators ops = scope.operators();

  @AfterEach
  void close() {
    scope.close();
  }

  /** w + scale b a, in double precision. */
  private static double[][] adapted(Values w, Values a, Values b, double scale) {
    int out = (int) w.shape()[0];
    int in = (int) w.shape()[1];
    int rank = (int) a.shape()[0];
    double[][] sum = new double[out][in];
    for (int i = 0; i < out; i++) {
      for (int j = 0; j < in; j++) {
        sum[i][j] = w.values()[i * in + j];
        for (int k = 0; k < rank; k++) {
          sum[i][j] += scale * b.values()[i * rank + k] * a.values()[k * in + j];
        }
      }
    }
    return sum;
  }

  private static float[] rowNorms(double[][] matrix) {
    float[] norms = new float[matrix.length];
    for (int i = 0; i < matrix.length; i++) {
      double squares = 0;
      for (double value : matrix[i]) {
        squares += value * value;
      }
      norms[i] = (float) Math.sqrt(squares);
    }
    return norms;
  }

  @Test
  void rowNormsOfAnAdaptedWeight() {
    Values w = Values.random(1, 11, 5);
    Values a = Values.random(2, 3, 5);
    Values b = Values.random(3, 11, 3);
    float[] expected = rowNorms(adapted(w, a, b, 1.7));
    assertClose(
        "norms",
        ops.toFloats(ops.lora().adaptedRowNorms(w.in(ops), a.in(ops), b.in(ops), 1.7)),
        expected,
        TOLERANCE);
    float[] rounded =
        ops.toFloats(
            ops.lora()
                .adaptedRowNorms(
                    ops.to(w.in(ops), DataType.BFLOAT16),
                    ops.to(a.in(ops), DataType.BFLOAT16),
                    ops.to(b.in(ops), DataType.BFLOAT16),
                    1.7));
    assertClose("norms in bf16", rounded, expected, 0.03);
  }

  /** A row whose update takes it away altogether must not become NaN. */
  @Test
  void aRowOfLengthZeroStaysFinite() {
    Tensor zero = ops.zeros(DataType.FLOAT32, 2, 5);
    Tensor norms =
        ops.lora()
            .adaptedRowNorms(
                zero, ops.zeros(DataType.FLOAT32, 1, 5), ops.zeros(DataType.FLOAT32, 2, 1), 1);
    Tensor y = ops.zeros(DataType.FLOAT32, 3, 2);
    ops.lora().multiplyByRatioInPlace(y, ops.zeros(DataType.FLOAT32, 2), norms);
    assertThat(ops.toFloats(y)).containsOnly(0);
  }

  /** y = z m / n with n constant, as DoRA's authors differentiate it. */
  @Test
  void magnitude() {
    Values z = Values.random(1, ROWS, 4);
    Values m = Values.random(2, 4);
    Values n = new Values(new float[] {0.5f, 1, 2, 4}, 4);
    Values g = Values.random(3, ROWS, 4);
    Result expected =
        Autograd.differentiate(
            v ->
                v.get(0)
                    .mul(
                        v.get(1)
                            .div(
                                Autograd.constant(
                                    v.get(0).getManager(), n.values(), n.values().length))),
            g,
            z,
            m);
    Tensor y = z.in(ops);
    ops.lora().multiplyByRatioInPlace(y, m.in(ops), n.in(ops));
    assertClose("value", ops.toFloats(y), expected.value(), TOLERANCE);
    Tensor gz = g.in(ops);
    ops.lora().multiplyByRatioInPlace(gz, m.in(ops), n.in(ops));
    assertClose("gz", ops.toFloats(gz), expected.gradients().get(0), TOLERANCE);
    Tensor gm = ops.zeros(DataType.FLOAT32, 4);
    ops.lora().magnitudeBackwardInPlace(gm, g.in(ops), z.in(ops), n.in(ops));
    assertClose("gm", ops.toFloats(gm), expected.gradients().get(1), TOLERANCE);
    ops.lora().magnitudeBackwardInPlace(gm, g.in(ops), z.in(ops), n.in(ops));
    assertClose(
        "gm gathers", ops.toFloats(ops.multiply(gm, 0.5)), expected.gradients().get(1), TOLERANCE);
  }

  @ParameterizedTest
  @CsvSource({"0, 6", "2, 3"})
  void theInputsGradientThroughFrozenMatrices(int start, int out) {
    Values x = Values.random(1, ROWS, 5);
    Values a = Values.random(2, 2, 5);
    Values b = Values.random(3, out, 2);
    Values g = Values.random(4, ROWS, 6);
    Tensor gx = x.in(ops);
    ops.lora().loraInputBackwardInPlace(gx, g.in(ops), a.in(ops), b.in(ops), start, -1.7);
    Tensor trained = x.in(ops);
    ops.lora()
        .loraBackwardInPlace(
            trained,
            g.in(ops),
            x.in(ops),
            ops.zeros(DataType.FLOAT32, ROWS, 2),
            a.in(ops),
            b.in(ops),
            start,
            -1.7,
            true,
            ops.zeros(DataType.FLOAT32, 2, 5),
            ops.zeros(DataType.FLOAT32, out, 2));
    assertClose("gx", ops.toFloats(gx), ops.toFloats(trained), 0);
    ops.lora().loraInputBackwardInPlace(ops.none(), g.in(ops), a.in(ops), b.in(ops), start, -1.7);
  }

  /** The error may exceed the smallest possible one (Eckart and Young 1936) by 1e-4 of it. */
  @ParameterizedTest
  @CsvSource({"13, 7, 3", "7, 13, 3", "61, 97, 8", "97, 61, 16", "5, 5, 5", "211, 127, 4"})
  void theBestApproximationOfARank(int out, int in, int rank) {
    Values w = Values.random(out, out, in);
    Operators.Pair found = ops.lora().lowRankApproximation(w.in(ops), rank, 42);
    assertThat(found.first().shape()).containsExactly(out, rank);
    assertThat(found.second().shape()).containsExactly(rank, in);
    Tensor rest = w.in(ops);
    ops.addInPlace(rest, ops.matmul(found.first(), found.second()), -1);
    double error = Math.sqrt(ops.squaredNorm(List.of(rest)));
    double[] singular = singularValues(w);
    double best = 0;
    for (int i = rank; i < singular.length; i++) {
      best += singular[i] * singular[i];
    }
    assertThat(error).isBetween(Math.sqrt(best) * 0.9999 - 1e-4, Math.sqrt(best) * 1.0001 + 1e-4);
    // both factors share the singular values evenly
    float[] left = ops.toFloats(found.first());
    for (int k = 0; k < rank; k++) {
      double squares = 0;
      for (int i = 0; i < out; i++) {
        squares += left[i * rank + k] * left[i * rank + k];
      }
      assertThat(squares)
          .isCloseTo(singular[k], org.assertj.core.data.Percentage.withPercentage(1));
    }
    Operators.Pair again = ops.lora().lowRankApproximation(w.in(ops), rank, 42);
    assertThat(ops.toFloats(again.first())).isEqualTo(left);
  }

  /** In descending order: the roots of the eigenvalues of w w^T or w^T w, by Jacobi's rotations. */
  private static double[] singularValues(Values w) {
    int out = (int) w.shape()[0];
    int in = (int) w.shape()[1];
    // one-sided Jacobi: turn pairs of rows until all are at right angles
    double[][] rows = new double[Math.min(out, in)][Math.max(out, in)];
    for (int i = 0; i < out; i++) {
      for (int j = 0; j < in; j++) {
        double value = w.values()[i * in + j];
        if (out <= in) {
          rows[i][j] = value;
        } else {
          rows[j][i] = value;
        }
      }
    }
    double largest = 1;
    for (int sweep = 0; sweep < 40 && largest > 1e-12; sweep++) {
      largest = 0;
      for (int p = 0; p < rows.length; p++) {
        for (int q = p + 1; q < rows.length; q++) {
          largest = Math.max(largest, turn(rows[p], rows[q]));
        }
      }
    }
    double[] values = new double[rows.length];
    for (int i = 0; i < rows.length; i++) {
      values[i] = -Math.sqrt(dot(rows[i], rows[i]));
    }
    java.util.Arrays.sort(values);
    for (int i = 0; i < values.length; i++) {
      values[i] = -values[i];
    }
    return values;
  }

  private static double dot(double[] x, double[] y) {
    double sum = 0;
    for (int i = 0; i < x.length; i++) {
      sum += x[i] * y[i];
    }
    return sum;
  }

  /** Makes two rows orthogonal; returns the cosine that they had. */
  private static double turn(double[] x, double[] y) {
    double xy = dot(x, y);
    double xx = dot(x, x);
    double yy = dot(y, y);
    if (xy == 0) {
      return 0;
    }
    double zeta = (yy - xx) / (2 * xy);
    double t = Math.copySign(1, zeta) / (Math.abs(zeta) + Math.sqrt(1 + zeta * zeta));
    double c = 1 / Math.sqrt(1 + t * t);
    double s = c * t;
    for (int i = 0; i < x.length; i++) {
      double xi = x[i];
      x[i] = c * xi - s * y[i];
      y[i] = s * xi + c * y[i];
    }
    return Math.abs(xy) / Math.sqrt(xx * yy);
  }
}
