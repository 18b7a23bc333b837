package io.telecomllm.knowledge;

/**
 * Iterates over the units of a text that {@link Lexicon} compares: a word (letters, digits, {@code
 * _} and combining marks), a run of white space, which counts as one space, or any other character;
 * a dash counts as a hyphen.
 */
final class WordScanner {
  private final String text;
  private int start;
  private int end;

  WordScanner(String text, int from) {
    this.text = text;
    this.end = from;
  }

  /** Moves to the next unit; returns false at the end of the text. */
  boolean advance() {
    start = end;
    if (start == text.length()) {
      return false;
    }
    int kind = kind(text.codePointAt(start));
    do {
      end += Character.charCount(text.codePointAt(end));
    } while (kind != 0 && end < text.length() && kind(text.codePointAt(end)) == kind);
    return true;
  }

  /** Returns the unit in the form that is compared. */
  String unit() {
    int first = text.codePointAt(start);
    if (Character.isWhitespace(first)) {
      return " ";
    }
    return Dashes.isDash(first) ? "-" : text.substring(start, end);
  }

  /** Returns where the unit begins in the text. */
  int start() {
    return start;
  }

  /** Returns where the unit ends in the text, exclusive. */
  int end() {
    return end;
  }

  private static int kind(int c) {
    if (Character.isWhitespace(c)) {
      return 1;
    }
    boolean word =
        Character.isLetterOrDigit(c)
            || c == '_'
            || Character.getType(c) == Character.NON_SPACING_MARK;
    return word ? 2 : 0;
  }
}
