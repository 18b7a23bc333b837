package io.telecomllm.weights;

import static io.telecomllm.weights.PlainBlocks.half;

import io.telecomllm.Internal;

/**
 * Decodes ggml's blocks of 4-bit codes that are indexes into a fixed table of signed bytes, which
 * is finer near zero.
 */
@Internal
public final class TableBlocks {
  // kvalues_iq4nl of ggml-common.h
  private static final byte[] TABLE = {
    -127, -104, -83, -65, -49, -35, -22, -10, 1, 13, 25, 38, 53, 69, 89, 113
  };

  private TableBlocks() {}

  /** Returns the values of the 16 codes. */
  public static byte[] table() {
    return TABLE.clone();
  }

  /** Decodes a block of the scale and 16 bytes of codes. */
  static void iq4nl(byte[] from, int at, float[] into, int to) {
    group(from, at + 2, half(from, at), into, to);
  }

  /**
   * Decodes a block of the scale, two bytes with the high bits of the groups' scales, four with
   * their low bits, and 128 of codes.
   */
  static void iq4xs(byte[] from, int at, float[] into, int to) {
    float scale = half(from, at);
    for (int group = 0; group < 8; group++) {
      int low = (from[at + 4 + group / 2] >> (4 * (group % 2))) & 0xF;
      int high = (from[at + 2 + group / 4] >> (2 * (group % 4))) & 3;
      float d = scale * ((low | (high << 4)) - 32);
      group(from, at + 8 + 16 * group, d, into, to + 32 * group);
    }
  }

  /** Decodes 32 values: a byte holds value i in its low half and value i + 16 in its high half. */
  private static void group(byte[] from, int at, float scale, float[] into, int to) {
    for (int i = 0; i < 16; i++) {
      int pair = from[at + i];
      into[to + i] = scale * TABLE[pair & 0xF];
      into[to + 16 + i] = scale * TABLE[(pair >> 4) & 0xF];
    }
  }
}
