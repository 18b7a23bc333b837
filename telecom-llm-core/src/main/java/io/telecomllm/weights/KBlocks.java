package io.telecomllm.weights;

import static io.telecomllm.weights.PlainBlocks.half;

/**
 * Decodes ggml's super-blocks of 256 values: groups of 16 or 32 with small integer scales (and
 * minima), multiplied by one half precision scale (and minimum) of the whole block.
 */
final class KBlocks {
  private KBlocks() {}

  /** Decodes a block of 16 bytes of scales and minima, 64 of values, the scale and the minimum. */
  static void q2(byte[] from, int at, float[] into, int to) {
    float scale = half(from, at + 80);
    float minimum = half(from, at + 82);
    for (int group = 0; group < 16; group++) {
      int packed = from[at + group];
      float d = scale * (packed & 0xF);
      float m = minimum * ((packed >> 4) & 0xF);
      // 128 values share 32 bytes: four planes of 2 bits, two groups per plane
      int bytes = at + 16 + (group / 8) * 32 + (group % 2) * 16;
      int shift = 2 * (group % 8 / 2);
      for (int i = 0; i < 16; i++) {
        into[to + group * 16 + i] = d * ((from[bytes + i] >> shift) & 3) - m;
      }
    }
  }

  /** Decodes a block of 32 bytes of high bits, 64 of low bits, 12 of scales and the scale. */
  static void q3(byte[] from, int at, float[] into, int to) {
    float scale = half(from, at + 108);
    for (int group = 0; group < 16; group++) {
      int low = (from[at + 96 + group % 8] >> (4 * (group / 8))) & 0xF;
      int high = (from[at + 104 + group % 4] >> (2 * (group / 4))) & 3;
      float d = scale * ((low | (high << 4)) - 32);
      int bytes = at + 32 + (group / 8) * 32 + (group % 2) * 16;
      int shift = 2 * (group % 8 / 2);
      int mask = at + (group % 2) * 16;
      for (int i = 0; i < 16; i++) {
        int value = (from[bytes + i] >> shift) & 3;
        // the high bit is stored inverted: 0 means minus four
        int borrow = ((from[mask + i] >> (group / 2)) & 1) == 0 ? 4 : 0;
        into[to + group * 16 + i] = d * (value - borrow);
      }
    }
  }

  /**
   * Decodes a block of the scale, the minimum, 12 bytes of scales and minima, and 128 of values.
   */
  static void q4(byte[] from, int at, float[] into, int to) {
    float scale = half(from, at);
    float minimum = half(from, at + 2);
    for (int group = 0; group < 8; group++) {
      float d = scale * sixBitScale(from, at + 4, group);
      float m = minimum * sixBitMinimum(from, at + 4, group);
      int bytes = at + 16 + (group / 2) * 32;
      int shift = 4 * (group % 2);
      for (int i = 0; i < 32; i++) {
        into[to + group * 32 + i] = d * ((from[bytes + i] >> shift) & 0xF) - m;
      }
    }
  }

  /**
   * Decodes a block of the scale, the minimum, 12 bytes of scales and minima, 32 of fifth bits, and
   * 128 of low bits.
   */
  static void q5(byte[] from, int at, float[] into, int to) {
    float scale = half(from, at);
    float minimum = half(from, at + 2);
    for (int group = 0; group < 8; group++) {
      float d = scale * sixBitScale(from, at + 4, group);
      float m = minimum * sixBitMinimum(from, at + 4, group);
      int bytes = at + 48 + (group / 2) * 32;
      int shift = 4 * (group % 2);
      for (int i = 0; i < 32; i++) {
        int fifth = (from[at + 16 + i] >> group) & 1;
        into[to + group * 32 + i] = d * (((from[bytes + i] >> shift) & 0xF) | (fifth << 4)) - m;
      }
    }
  }

  /** Decodes a block of 128 bytes of low bits, 64 of high bits, 16 signed scales and the scale. */
  static void q6(byte[] from, int at, float[] into, int to) {
    float scale = half(from, at + 208);
    for (int group = 0; group < 16; group++) {
      float d = scale * from[at + 192 + group];
      int half = group / 8;
      int plane = group % 8 / 2;
      int column = (group % 2) * 16;
      int low = at + half * 64 + (plane % 2) * 32 + column;
      int high = at + 128 + half * 32 + column;
      for (int i = 0; i < 16; i++) {
        int value = (from[low + i] >> (4 * (plane / 2))) & 0xF;
        value |= ((from[high + i] >> (2 * plane)) & 3) << 4;
        into[to + group * 16 + i] = d * (value - 32);
      }
    }
  }

  /**
   * Returns the scale of a group: groups 0 to 3 have their six bits in one byte, groups 4 to 7 in
   * four bits and two spare bits.
   */
  private static int sixBitScale(byte[] from, int at, int group) {
    return group < 4
        ? from[at + group] & 0x3F
        : (from[at + 4 + group] & 0xF) | (((from[at + group - 4] >> 6) & 3) << 4);
  }

  private static int sixBitMinimum(byte[] from, int at, int group) {
    return group < 4
        ? from[at + 4 + group] & 0x3F
        : ((from[at + 4 + group] >> 4) & 0xF) | (((from[at + group] >> 6) & 3) << 4);
  }
}
