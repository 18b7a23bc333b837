package io.telecomllm.knowledge;

import java.util.Arrays;

/**
 * A text cut into the units that {@link Lexicon} compares: a word (letters, digits, {@code _} and
 * combining marks), a run of white space, which counts as one space, or any other character; a dash
 * counts as a hyphen. A unit is compared in place, so none becomes a string of its own.
 */
final class Units {
  private static final byte OTHER = 0;
  private static final byte DASH = 1;
  private static final byte SPACE = 2;
  private static final byte WORD = 3;

  // most characters of most texts are found here
  private static final byte[] ASCII = new byte[128];

  static {
    for (int c = 0; c < ASCII.length; c++) {
      ASCII[c] = kindOf(c);
    }
  }

  private final char[] text;
  private int count;
  private int[] starts; // one more than there are units: each ends where the next begins
  private int[] hashes;

  private Units(String text) {
    this.text = text.toCharArray();
    // enough for most texts: words of three letters and spaces
    starts = new int[text.length() / 2 + 2];
    hashes = new int[starts.length];
  }

  static Units of(String text) {
    Units units = new Units(text);
    units.cut();
    return units;
  }

  private void cut() {
    int at = 0;
    while (at < text.length) {
      int kind = kindAt(at);
      starts[count] = at;
      int hash = 0;
      do {
        char c = text[at++];
        hash = 31 * hash + c;
        if (Character.isHighSurrogate(c)
            && at < text.length
            && Character.isLowSurrogate(text[at])) {
          hash = 31 * hash + text[at++];
        }
      } while (kind >= SPACE && at < text.length && kindAt(at) == kind);
      hashes[count] = kind == SPACE ? ' ' : kind == DASH ? '-' : hash;
      if (++count == starts.length - 1) {
        starts = Arrays.copyOf(starts, 2 * starts.length);
        hashes = Arrays.copyOf(hashes, starts.length);
      }
    }
    starts[count] = text.length;
  }

  /** Returns the number of units. */
  int count() {
    return count;
  }

  /** Returns where a unit begins in the text. */
  int start(int unit) {
    return starts[unit];
  }

  /** Returns where a unit ends in the text, exclusive. */
  int end(int unit) {
    return starts[unit + 1];
  }

  /** Returns the hash code of {@link #string}. */
  int hash(int unit) {
    return hashes[unit];
  }

  /** Returns a unit in the form that is compared. */
  String string(int unit) {
    int kind = kindAt(starts[unit]);
    return kind == SPACE || kind == DASH
        ? String.valueOf((char) hashes[unit])
        : new String(text, starts[unit], end(unit) - starts[unit]);
  }

  /** Returns whether {@link #string} equals this. */
  boolean is(int unit, String string) {
    int start = starts[unit];
    int kind = kindAt(start);
    if (kind == SPACE || kind == DASH) {
      return string.length() == 1 && string.charAt(0) == hashes[unit];
    }
    int length = end(unit) - start;
    if (string.length() != length) {
      return false;
    }
    for (int i = 0; i < length; i++) {
      if (string.charAt(i) != text[start + i]) {
        return false;
      }
    }
    return true;
  }

  private int kindAt(int place) {
    char c = text[place];
    return c < ASCII.length ? ASCII[c] : kindOf(Character.codePointAt(text, place));
  }

  private static byte kindOf(int c) {
    if (Character.isWhitespace(c)) {
      return SPACE;
    } else if (Character.isLetterOrDigit(c)
        || c == '_'
        || Character.getType(c) == Character.NON_SPACING_MARK) {
      return WORD;
    }
    return Dashes.isDash(c) ? DASH : OTHER;
  }
}
