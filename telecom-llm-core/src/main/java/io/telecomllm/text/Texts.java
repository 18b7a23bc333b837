package io.telecomllm.text;

import io.telecomllm.Internal;
import java.text.Normalizer;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Compares, counts and checks texts: when two are the same, what a word is, and which have a UTF-8
 * form.
 */
@Internal
public final class Texts {
  private static final Pattern WORD = Pattern.compile("[\\p{L}\\p{N}\\p{M}]+");

  private Texts() {}

  /**
   * Returns the text in lower case, with composed characters (NFC) and one space for each run of
   * white space. Not NFKC: that would turn O(N²) into O(N2).
   */
  public static String folded(String text) {
    return collapsed(Normalizer.normalize(text, Normalizer.Form.NFC).toLowerCase(Locale.ROOT));
  }

  /** Returns the text with one space for each run of white space and none at the ends. */
  public static String collapsed(String text) {
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

  /** Returns the text as {@link #folded} does, but without any white space. */
  public static String squeezed(String text) {
    return folded(text).replace(" ", "");
  }

  /**
   * Returns the different words of a text, in lower case; the whole text where it holds no word.
   */
  public static Set<String> words(String text) {
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

  /** Returns the number of words as a reader counts them: runs without white space. */
  public static int wordCount(String text) {
    String folded = folded(text);
    return folded.isEmpty() ? 0 : (int) folded.chars().filter(c -> c == ' ').count() + 1;
  }

  /** Returns whether every surrogate has its partner, so that the text has a UTF-8 form. */
  public static boolean isWellFormed(String text) {
    return unpairedSurrogate(text) < 0;
  }

  /** Returns the index of the first surrogate without its partner; -1 if there is none. */
  public static int unpairedSurrogate(String text) {
    for (int i = 0; i < text.length(); ) {
      int point = text.codePointAt(i);
      if (isSurrogate(point)) {
        return i;
      }
      i += Character.charCount(point);
    }
    return -1;
  }

  // a pair is one code point beyond this range
  private static boolean isSurrogate(int point) {
    return point >= Character.MIN_SURROGATE && point <= Character.MAX_SURROGATE;
  }

  /** Returns the text with U+FFFD in place of each surrogate without its partner. */
  public static String wellFormed(String text) {
    if (isWellFormed(text)) {
      return text;
    }
    StringBuilder repaired = new StringBuilder(text.length());
    text.codePoints().forEach(c -> repaired.appendCodePoint(isSurrogate(c) ? '\ufffd' : c));
    return repaired.toString();
  }

  /** Returns at most the first {@code most} characters, without splitting a surrogate pair. */
  public static String prefix(String text, int most) {
    if (text.length() <= most) {
      return text;
    }
    boolean splits =
        most > 0
            && Character.isHighSurrogate(text.charAt(most - 1))
            && Character.isLowSurrogate(text.charAt(most));
    return text.substring(0, splits ? most - 1 : most);
  }

  /**
   * Returns whether a text holds control characters other than white space (TeleQnA has form
   * feeds).
   */
  public static boolean hasControls(String text) {
    return text.chars().anyMatch(c -> Character.isISOControl(c) && !Character.isWhitespace(c));
  }
}
