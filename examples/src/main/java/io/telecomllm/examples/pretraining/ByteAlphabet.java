package io.telecomllm.examples.pretraining;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;

/**
 * GPT-2's spelling of bytes: each of the 256 as a visible character, so that tokens of any bytes
 * can stand in JSON. A space is U+0120.
 */
final class ByteAlphabet {
  private static final char[] CHARACTERS = new char[256];

  static {
    char free = 256;
    for (int b = 0; b < 256; b++) {
      boolean visible = (b > ' ' && b < 127) || (b > 160 && b != 173);
      CHARACTERS[b] = visible ? (char) b : free++;
    }
  }

  private ByteAlphabet() {}

  /**
   * The characters of all bytes, rising by code point, as the Hugging Face trainer numbers them.
   */
  static List<String> sorted() {
    char[] sorted = CHARACTERS.clone();
    Arrays.sort(sorted);
    return new String(sorted).chars().mapToObj(Character::toString).toList();
  }

  /** A text's bytes in UTF-8, spelled. */
  static String spell(String text) {
    StringBuilder spelled = new StringBuilder();
    for (byte b : text.getBytes(StandardCharsets.UTF_8)) {
      spelled.append(CHARACTERS[Byte.toUnsignedInt(b)]);
    }
    return spelled.toString();
  }
}
