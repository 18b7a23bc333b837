package io.telecomllm.tensor;

import io.telecomllm.Internal;

/** Converts floats to 16-bit formats, which Java 17 cannot; rounds to the nearest, ties to even. */
@Internal
public final class HalfFloats {
  private HalfFloats() {}

  /** Returns the bits of the nearest bfloat16; NaN stays NaN. */
  public static short toBfloat16(float value) {
    int bits = Float.floatToRawIntBits(value);
    if (Float.isNaN(value)) {
      return (short) ((bits >>> 16) | 0x40);
    }
    return (short) ((bits + 0x7fff + ((bits >>> 16) & 1)) >>> 16);
  }

  /**
   * Returns the bits of the nearest IEEE 754 half precision number; larger values become infinite.
   */
  public static short toFloat16(float value) {
    int bits = Float.floatToRawIntBits(value);
    int sign = (bits >>> 16) & 0x8000;
    int magnitude = bits & 0x7fffffff;
    if (magnitude > 0x7f800000) {
      return (short) (sign | 0x7e00);
    }
    if (magnitude >= 0x477ff000) {
      return (short) (sign | 0x7c00);
    }
    if (magnitude < 0x38800000) {
      // subnormal: adding 0.5 aligns and rounds the bits
      float aligned = Float.intBitsToFloat(magnitude) + 0.5f;
      return (short) (sign | (Float.floatToRawIntBits(aligned) - 0x3f000000));
    }
    int rounded = magnitude + 0xfff + ((magnitude >>> 13) & 1) - 0x38000000;
    return (short) (sign | (rounded >>> 13));
  }
}
