package io.telecomllm.data;

import java.text.Normalizer;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** How texts are compared: what counts as the same, and what a word is. */
final class Texts {
  private static final Pattern WORD = Pattern.compile("[\\p{L}\\p{N}\\p{M}]+");
  private static final int SHOWN = 120;

  private Texts() {}

  /**
   * Lower case, one blank for any run of white space, composed characters. Not NFKC: that would
   * turn O(N²) into O(N2).
   */
  static String folded(String text) {
    return collapsed(Normalizer.normalize(text, Normalizer.Form.NFC).toLowerCase(Locale.ROOT));
  }

  /** One blank for any run of white space, none at the ends. */
  static String collapsed(String text) {
    StringBuilder line = new StringBuilder(text.length());
    boolean gap = false;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (isSpace(c)) {
        gap = true;
      } else {
        if (gap && !line.isEmpty()) {
          line.append(' ');
        }
        gap = false;
        line.append(c);
      }
    }
    return line.toString();
  }

  // no-break spaces as well: TeleQnA holds them
  private static boolean isSpace(char c) {
    return Character.isWhitespace(c) || Character.isSpaceChar(c);
  }

  /** As {@link #folded}, but white space does not count at all. */
  static String squeezed(String text) {
    return folded(text).replace(" ", "");
  }

  /** The different words of a text, in lower case; the whole text where it holds no word. */
  static Set<String> words(String text) {
    String folded = folded(text);
    Set<String> words = new TreeSet<>();
    Matcher word = WORD.matcher(folded);
    while (word.find()) {
      words.add(word.group());
    }
    if (words.isEmpty()) {
      words.add(folded);
    }
    return words;
  }

  /** Words as a reader counts them: runs without white space. */
  static int wordCount(String text) {
    String folded = folded(text);
    return folded.isEmpty() ? 0 : (int) folded.chars().filter(c -> c == ' ').count() + 1;
  }

  /** Whether every surrogate has its partner, so that the text has a UTF-8 form. */
  static boolean wellFormed(String text) {
    for (int i = 0; i < text.length(); ) {
      int point = text.codePointAt(i);
      if (point >= Character.MIN_SURROGATE && point <= Character.MAX_SURROGATE) {
        return false;
      }
      i += Character.charCount(point);
    }
    return true;
  }

  /** Whether a text holds control characters other than white space (TeleQnA has form feeds). */
  static boolean hasControls(String text) {
    return text.chars().anyMatch(c -> Character.isISOControl(c) && !Character.isWhitespace(c));
  }

  /** For messages: on one line, and not longer than a line. */
  static String shortened(String text) {
    int end = Math.min(text.length(), SHOWN);
    String line = collapsed(text.substring(0, end));
    return end < text.length() ? line + "..." : line;
  }
}
