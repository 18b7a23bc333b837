package io.telecomllm.weights;

import static io.telecomllm.weights.PlainBlocks.half;
import static io.telecomllm.weights.PlainBlocks.int32;

/**
 * ggml's blocks of 32 values with one scale, and a minimum in the {@code _1} forms. In each byte of
 * four-bit values the low half is value i, the high half value i + 16.
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
}
