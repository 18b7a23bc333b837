package io.telecomllm.tensor;

import static io.telecomllm.testing.Vectors.assertClose;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Attention of every row to its whole text, against a naive loop. */
class AttentionBothWaysTest {
  private static final int HEADS = 3;
  private static final int SIZE = 5;
  private static final int WIDTH = HEADS * SIZE;
  private static final long[] COUNTS = {2, 3, 1};
  private static final long[] LENGTHS = {1, 4, 7};
  private static final int ROWS = 21;

  @Test
  void exact() {
    compare(DataType.FLOAT32, 1e-5);
  }

  @ParameterizedTest
  @CsvSource({"BFLOAT16, 0.03", "FLOAT16, 0.004"})
  void half(DataType type, double tolerance) {
    compare(type, tolerance);
  }

  private static void compare(DataType type, double tolerance) {
    Random random = new Random(3);
    float[] qkv = new float[ROWS * 3 * WIDTH];
    for (int i = 0; i < qkv.length; i++) {
      qkv[i] = (float) random.nextGaussian();
    }
    try (Scope scope = Scope.open(Device.cpu())) {
      Operators ops = scope.operators();
      Tensor x = ops.to(ops.floats(qkv, ROWS, 3 * WIDTH), type);
      Tensor found = ops.attention().bothWays(x, COUNTS, LENGTHS, HEADS);
      assertClose("attention", ops.toFloats(found), naive(ops.toFloats(x)), tolerance);
    }
  }

  private static float[] naive(float[] qkv) {
    float[] out = new float[ROWS * WIDTH];
    int start = 0;
    for (int group = 0; group < COUNTS.length; group++) {
      for (int text = 0; text < COUNTS[group]; text++) {
        int end = start + (int) LENGTHS[group];
        for (int row = start; row < end; row++) {
          for (int head = 0; head < HEADS; head++) {
            double sum = 0;
            double[] mixed = new double[SIZE];
            for (int key = start; key < end; key++) {
              double product = 0;
              for (int i = head * SIZE; i < (head + 1) * SIZE; i++) {
                product += qkv[row * 3 * WIDTH + i] * qkv[key * 3 * WIDTH + WIDTH + i];
              }
              double weight = Math.exp(product / Math.sqrt(SIZE));
              sum += weight;
              for (int i = 0; i < SIZE; i++) {
                mixed[i] += weight * qkv[key * 3 * WIDTH + 2 * WIDTH + head * SIZE + i];
              }
            }
            for (int i = 0; i < SIZE; i++) {
              out[row * WIDTH + head * SIZE + i] = (float) (mixed[i] / sum);
            }
          }
        }
        start = end;
      }
    }
    return out;
  }
}
