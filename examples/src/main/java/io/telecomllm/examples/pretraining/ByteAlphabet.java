package io.telecomllm.examples.pretraining;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;

/**
 * GPT-2's spelling of bytes: a visible character for each of the 256, so that JSON can hold tokens
 * of any bytes. A space is U+0120.
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
   * Returns the characters of all bytes by ascending code point, the order of Hugging Face's
   * trainer.
   */
  static List<String> sorted() {
    char[] sorted = CHARACTERS.clone();
    Arrays.sort(sorted);
    return new String(sorted).chars().mapToObj(Character::toString).toList();
  }

  /** Returns the spelling of a text's UTF-8 bytes. */
  static String spell(String text) {
    StringBuilder spelled = new StringBuilder();
    for (byte b : text.getBytes(StandardCharsets.UTF_8)) {
      spelled.append(CHARACTERS[Byte.toUnsignedInt(b)]);
    }
    return spelled.toString();
  }
}
