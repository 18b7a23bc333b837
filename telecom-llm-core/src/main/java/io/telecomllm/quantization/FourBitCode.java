package io.telecomllm.quantization;

import java.util.Comparator;
import java.util.stream.IntStream;

/**
 * A 4-bit data type: the sixteen values of its codes, as fractions of a block's largest magnitude.
 */
public enum FourBitCode {
  /**
   * 4-bit NormalFloat: quantiles of the normal distribution (Dettmers et al. 2023, QLoRA, appendix
   * E).
   */
  NF4(
      -1.0f,
      -0.6961928f,
      -0.52507305f,
      -0.3949175f,
      -0.28444138f,
      -0.18477343f,
      -0.091050036f,
      0.0f,
      0.0795803f,
      0.1609302f,
      0.2461123f,
      0.33791524f,
      0.44070983f,
      0.562617f,
      0.72295684f,
      1.0f),
  /**
   * 4-bit float: a sign bit, two exponent bits and one fraction bit, scaled to at most 1, as in
   * bitsandbytes.
   */
  FP4(
      0f,
      0.0625f / 12,
      8f / 12,
      12f / 12,
      4f / 12,
      6f / 12,
      2f / 12,
      3f / 12,
      0f,
      -0.0625f / 12,
      -8f / 12,
      -12f / 12,
      -4f / 12,
      -6f / 12,
      -2f / 12,
      -3f / 12);

  // never returned or changed
  @SuppressWarnings("ImmutableEnumChecker")
  private final float[] values;

  FourBitCode(float... values) {
    this.values = values;
  }

  /** Returns the value of each code, 0 to 15. */
  float[] table() {
    return values.clone();
  }

  /** Returns the codes in ascending order of their values. */
  int[] order() {
    return IntStream.range(0, values.length)
        .boxed()
        .sorted(Comparator.comparing((Integer code) -> values[code]))
        .mapToInt(Integer::intValue)
        .toArray();
  }

  /** Returns the midpoints between neighboring values, ascending. */
  float[] bounds() {
    int[] order = order();
    float[] bounds = new float[values.length - 1];
    for (int i = 0; i < bounds.length; i++) {
      bounds[i] = (values[order[i]] + values[order[i + 1]]) / 2;
    }
    return bounds;
  }
}
