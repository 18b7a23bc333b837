package io.telecomllm.inference.tmf621;

import java.text.Normalizer;

/**
 * A copy of a text in which characters that look or mean the same are the same, and the place of
 * each in the text. Digits of any script and width become ASCII digits; spaces, tabs, line breaks
 * and control characters a space; dashes, dots and slashes the ASCII ones; {@code %40} before a
 * letter an at sign. Combining marks and invisible format characters are left out. Immutable.
 */
final class FoldedText {
  private static final String DOTS = "\u00b7\u2022\u2027\u2219\u22c5\u3002";
  private static final String SLASHES = "\u2044\u2215";
  private static final String ENCODED_AT = "%40";

  private final StringBuilder folded;
  // of each character of the copy: where its original begins, and where it ends
  private final int[] starts;
  private final int[] ends;

  private FoldedText(int length) {
    folded = new StringBuilder(length);
    starts = new int[length];
    ends = new int[length];
  }

  static FoldedText of(String text) {
    FoldedText copy = new FoldedText(text.length());
    int next;
    for (int i = 0; i < text.length(); i = next) {
      int c = text.codePointAt(i);
      next = i + Character.charCount(c);
      if (c == '%' && isAt(text, i)) {
        next = i + ENCODED_AT.length();
        copy.add('@', i, next);
      } else if (c < 0x80 || !copy.leavesOut(c, next)) {
        copy.add(fold(c), i, next);
      }
    }
    return copy;
  }

  private static boolean isAt(String text, int i) {
    int after = i + ENCODED_AT.length();
    return text.startsWith(ENCODED_AT, i)
        && after < text.length()
        && (Character.isLetter(text.charAt(after)) || text.charAt(after) == '[');
  }

  private boolean leavesOut(int c, int end) {
    int type = Character.getType(c);
    boolean mark = type == Character.NON_SPACING_MARK || type == Character.ENCLOSING_MARK;
    if (mark && folded.length() > 0) {
      ends[folded.length() - 1] = end;
    }
    return mark || type == Character.FORMAT;
  }

  private void add(int c, int start, int end) {
    int from = folded.length();
    folded.appendCodePoint(c);
    for (int i = from; i < folded.length(); i++) {
      starts[i] = start;
      ends[i] = end;
    }
  }

  private static int fold(int c) {
    if (c < 0x80) {
      return Character.isISOControl(c) ? ' ' : c;
    }
    int digit = Character.digit(c, 10);
    if (digit >= 0) {
      return '0' + digit;
    } else if (Character.isLetter(c)) {
      return c;
    }
    // full-width signs, raised digits, spaces of other widths
    String compatible = Normalizer.normalize(Character.toString(c), Normalizer.Form.NFKC);
    return sign(compatible.length() == 1 ? compatible.charAt(0) : c);
  }

  private static int sign(int c) {
    if (Character.isSpaceChar(c) || Character.isISOControl(c)) {
      return ' ';
    } else if (Character.getType(c) == Character.DASH_PUNCTUATION || c == '\u2212') {
      return '-';
    } else if (DOTS.indexOf(c) >= 0) {
      return '.';
    }
    return SLASHES.indexOf(c) >= 0 ? '/' : c;
  }

  /** Returns the copy. */
  CharSequence copy() {
    return folded;
  }

  /** Returns where in the text the character at this place of the copy begins. */
  int start(int place) {
    return starts[place];
  }

  /** Returns where in the text the character before this place of the copy ends. */
  int end(int place) {
    return ends[place - 1];
  }
}
