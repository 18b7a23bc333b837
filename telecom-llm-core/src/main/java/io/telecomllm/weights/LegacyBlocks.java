package io.telecomllm.weights;

import static io.telecomllm.weights.PlainBlocks.half;
import static io.telecomllm.weights.PlainBlocks.int32;
import static io.telecomllm.weights.PlainBlocks.putHalf;

/**
 * Encodes and decodes ggml's blocks of 32 values with one scale, and a minimum in the {@code _1}
 * encodings. A byte of 4-bit values holds value i in its low half and value i + 16 in its high
 * half.
 */
final class LegacyBlocks {
  private static final int HALF = 16;

  private LegacyBlocks() {}

  static void q4v0(byte[] from, int at, float[] into, int to) {
    float scale = half(from, at);
    for (int i = 0; i < HALF; i++) {
      int pair = from[at + 2 + i];
      into[to + i] = scale * ((pair & 0xF) - 8);
      into[to + HALF + i] = scale * (((pair >> 4) & 0xF) - 8);
    }
  }

  static void q4v1(byte[] from, int at, float[] into, int to) {
    float scale = half(from, at);
    float minimum = half(from, at + 2);
    for (int i = 0; i < HALF; i++) {
      int pair = from[at + 4 + i];
      into[to + i] = scale * (pair & 0xF) + minimum;
      into[to + HALF + i] = scale * ((pair >> 4) & 0xF) + minimum;
    }
  }

  static void q5v0(byte[] from, int at, float[] into, int to) {
    float scale = half(from, at);
    int fifth = int32(from, at + 2);
    for (int i = 0; i < HALF; i++) {
      int pair = from[at + 6 + i];
      into[to + i] = scale * (((pair & 0xF) | (((fifth >>> i) & 1) << 4)) - 16);
      into[to + HALF + i] =
          scale * ((((pair >> 4) & 0xF) | (((fifth >>> (i + HALF)) & 1) << 4)) - 16);
    }
  }

  static void q5v1(byte[] from, int at, float[] into, int to) {
    float scale = half(from, at);
    float minimum = half(from, at + 2);
    int fifth = int32(from, at + 4);
    for (int i = 0; i < HALF; i++) {
      int pair = from[at + 8 + i];
      into[to + i] = scale * ((pair & 0xF) | (((fifth >>> i) & 1) << 4)) + minimum;
      into[to + HALF + i] =
          scale * (((pair >> 4) & 0xF) | (((fifth >>> (i + HALF)) & 1) << 4)) + minimum;
    }
  }

  static void q8v0(byte[] from, int at, float[] into, int to) {
    float scale = half(from, at);
    for (int i = 0; i < 2 * HALF; i++) {
      into[to + i] = scale * from[at + 2 + i];
    }
  }

  /**
   * Encodes a block so that its first value of the largest magnitude becomes -8, which gives the
   * scale its sign.
   */
  static void toQ4v0(float[] from, int at, byte[] into, int to) {
    float extreme = extreme(from, at);
    float scale = extreme / -8;
    float inverse = scale == 0 ? 0 : 1 / scale;
    putHalf(into, to, scale);
    for (int i = 0; i < HALF; i++) {
      int low = fourBits(from[at + i] * inverse);
      int high = fourBits(from[at + HALF + i] * inverse);
      into[to + 2 + i] = (byte) (low | (high << 4));
    }
  }

  /**
   * Encodes a block so that its largest magnitude becomes 127 or -127; halves are rounded away from
   * zero.
   */
  static void toQ8v0(float[] from, int at, byte[] into, int to) {
    float scale = Math.abs(extreme(from, at)) / 127;
    float inverse = scale == 0 ? 0 : 1 / scale;
    putHalf(into, to, scale);
    for (int i = 0; i < 2 * HALF; i++) {
      float scaled = from[at + i] * inverse;
      int magnitude = (int) Math.min(127, Math.floor(Math.abs((double) scaled) + 0.5));
      into[to + 2 + i] = (byte) (scaled < 0 ? -magnitude : magnitude);
    }
  }

  private static int fourBits(float scaled) {
    return Math.max(0, Math.min(15, (int) (scaled + 8.5f)));
  }

  /** Returns the first value of the largest magnitude, with its sign; all must be finite. */
  private static float extreme(float[] from, int at) {
    float extreme = 0;
    for (int i = at; i < at + 2 * HALF; i++) {
      if (!Float.isFinite(from[i])) {
        throw new IllegalArgumentException(from[i] + " cannot be quantized, it must be finite");
      }
      if (Math.abs(from[i]) > Math.abs(extreme)) {
        extreme = from[i];
      }
    }
    return extreme;
  }
}
