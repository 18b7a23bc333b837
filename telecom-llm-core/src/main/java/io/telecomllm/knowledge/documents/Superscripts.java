package io.telecomllm.knowledge.documents;

import java.util.Locale;
import java.util.Set;

/**
 * Decides where raised characters need a mark: 10 with a raised -5 is not 10-5, and a footnote's
 * mark is no digit of the number before it; but 1 with a raised st is 1st.
 */
final class Superscripts {
  /** What stands between a word and what is raised after it. */
  static final String MARK = "^";

  private static final Set<String> ENDINGS = Set.of("st", "nd", "rd", "th", "tm", "sm", "®", "™");

  private Superscripts() {}

  /** Returns the mark, if these raised characters need one after this text. */
  static String mark(CharSequence before, String raised) {
    if (before.length() == 0 || raised.isBlank()) {
      return "";
    }
    char last = before.charAt(before.length() - 1);
    boolean afterWord = Character.isLetterOrDigit(last) || last == ')' || last == ']';
    return afterWord && !ENDINGS.contains(raised.strip().toLowerCase(Locale.ROOT)) ? MARK : "";
  }
}
