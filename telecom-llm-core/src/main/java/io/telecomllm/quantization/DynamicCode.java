package io.telecomllm.quantization;

import io.telecomllm.Internal;
import java.util.Arrays;

/**
 * The 256 values of 8-bit dynamic quantization (Dettmers 2015; Dettmers et al. 2022): seven
 * decades, each divided twice as finely as the one below. Computed in fp32 in the same steps as
 * bitsandbytes, to equal its values bit for bit.
 */
@Internal
public final class DynamicCode {
  private static final int DECADES = 7;
  private static final int GRID = 1 << 16;

  private DynamicCode() {}

  /** Returns values from -1 to 1, ascending: for first moments and for scales minus their mean. */
  public static float[] signed() {
    return code(true);
  }

  /** Returns values from 0 to 1, ascending: for second moments. */
  public static float[] unsigned() {
    return code(false);
  }

  /**
   * Returns the code nearest to each of 65,536 equally spaced fractions from -1 to 1. bitsandbytes
   * rounds to this grid before it searches for the nearest value.
   *
   * @param code 256 values, ascending
   */
  public static byte[] nearest(float[] code) {
    byte[] nearest = new byte[GRID];
    int at = 0;
    for (int i = 0; i < GRID; i++) {
      float fraction = 2f * i / (GRID - 1) - 1f;
      while (at < code.length - 1 && code[at + 1] - fraction < fraction - code[at]) {
        at++;
      }
      nearest[i] = (byte) at;
    }
    return nearest;
  }

  private static float[] code(boolean signed) {
    float[] code = new float[256];
    int n = 0;
    for (int decade = 0; decade < DECADES; decade++) {
      int steps = signed ? 1 << decade : 1 << (decade + 1);
      float factor = (float) Math.pow(10, decade - DECADES + 1);
      for (int i = 0; i < steps; i++) {
        float mean = (boundary(i, steps) + boundary(i + 1, steps)) / 2;
        code[n++] = factor * mean;
        if (signed) {
          code[n++] = -(factor * mean);
        }
      }
    }
    code[n++] = 0;
    code[n] = 1;
    Arrays.sort(code);
    return code;
  }

  /**
   * Returns the i-th of steps + 1 points from 0.1 to 1, computed from the nearer end and rounded
   * once, as torch.linspace does.
   */
  private static float boundary(int i, int steps) {
    double step = (1.0f - 0.1f) / steps;
    return (float) (i < (steps + 1) / 2 ? 0.1f + step * i : 1.0f - step * (steps - i));
  }
}
