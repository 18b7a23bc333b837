package io.telecomllm.knowledge;

import com.google.common.base.CharMatcher;
import com.google.common.base.Splitter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * Tells whether words spell an acronym out. As in A. Schwartz and M. Hearst, "A simple algorithm
 * for identifying abbreviation definitions in biomedical text" (Pacific Symposium on Biocomputing
 * 2003), the letters of the acronym occur in the expansion in order, the first one at the beginning
 * of its first word, and an acronym of n letters has at most min(n + 5, 2n) words.
 *
 * <p>Stricter than there: each group of letters begins at the beginning of a word or of a part
 * after a hyphen, the last word has a letter, and at most one word that is no function word has
 * none, that one only among four or more. Telecom acronyms are made of initials, and the looser
 * rule takes words that stand in front by chance. As usual in telecom, {@code 2} stands for "to",
 * {@code X} also for words that begin with "ex".
 */
final class Initials {
  /** What {@link #cost} returns for words that do not spell the acronym. */
  static final int NEVER = Integer.MAX_VALUE / 2;

  // more than all letters of an acronym, so that missed words and letters within words add up
  private static final int MISSED = 100;
  private static final int FEW_WORDS = 4;
  private static final Splitter PARTS =
      Splitter.on(CharMatcher.anyOf("-/")).omitEmptyStrings().trimResults();
  private static final CharMatcher PLAIN = CharMatcher.forPredicate(Character::isLetterOrDigit);
  private static final Set<String> FUNCTION_WORDS =
      Set.of(
          "a", "an", "and", "as", "at", "by", "for", "from", "in", "into", "of", "on", "or", "over",
          "per", "the", "to", "via", "with");

  private Initials() {}

  /** Returns the most words of an expansion. */
  static int mostWords(String acronym) {
    int letters = PLAIN.countIn(acronym);
    return Math.min(letters + 5, 2 * letters);
  }

  /**
   * Returns how far the words are from plain initials, 0 for these: the number of letters within
   * words and in function words, and 100 for a word without a letter; {@link #NEVER} if they do not
   * spell the acronym.
   */
  static int cost(String acronym, List<String> words) {
    String letters = PLAIN.retainFrom(acronym).toLowerCase(Locale.ROOT);
    List<Part> parts = parts(words);
    // one word alone spells UL or THz, not more
    boolean one = parts.size() == 1 && letters.length() > 3;
    if (parts.isEmpty() || one || words.size() > mostWords(acronym)) {
      return NEVER;
    }
    // cost[j]: of the parts from here on, with the letters from j on
    int[] cost = new int[letters.length() + 1];
    Arrays.fill(cost, NEVER);
    cost[letters.length()] = 0;
    for (int i = parts.size() - 1; i >= 0; i--) {
      Part part = parts.get(i);
      boolean outer = i == 0 || i == parts.size() - 1;
      int[] before = new int[cost.length];
      for (int j = 0; j < cost.length; j++) {
        before[j] = outer ? NEVER : Math.min(NEVER, cost[j] + (part.counts ? MISSED : 0));
        for (int taken = 1; j + taken <= letters.length(); taken++) {
          if (part.spells(letters.substring(j, j + taken))) {
            before[j] = Math.min(before[j], cost[j + taken] + taken - (part.counts ? 1 : 0));
          }
        }
      }
      cost = before;
    }
    long counting = parts.stream().filter(Part::counts).count();
    int missable = counting >= FEW_WORDS ? 1 : 0;
    return cost[0] < MISSED * (missable + 1) ? cost[0] : NEVER;
  }

  /** Returns whether the letters of the acronym occur in the text in order, anywhere. */
  static boolean occur(String acronym, String text) {
    String lower = text.toLowerCase(Locale.ROOT);
    int at = -1;
    for (char c : PLAIN.retainFrom(acronym).toLowerCase(Locale.ROOT).toCharArray()) {
      at = lower.indexOf(c, at + 1);
      if (at < 0) {
        return false;
      }
    }
    return true;
  }

  /**
   * A word, or a part of one between hyphens.
   *
   * @param counts whether it is missed if it has no letter: the first part of a content word
   */
  private record Part(String text, boolean counts) {
    boolean spells(String letters) {
      if (letters.equals("2")) {
        return text.equals("to") || text.startsWith("2");
      }
      int at = letters.charAt(0) == 'x' && text.startsWith("ex") ? 1 : 0;
      for (int i = 0; i < letters.length(); i++) {
        at = i == 0 ? at : text.indexOf(letters.charAt(i), at + 1);
        if (at < 0 || at >= text.length() || text.charAt(at) != letters.charAt(i)) {
          return false;
        }
      }
      return true;
    }
  }

  private static List<Part> parts(List<String> words) {
    List<Part> parts = new ArrayList<>();
    for (String word : words) {
      boolean first = true;
      for (String part : PARTS.split(Dashes.plain(word).toLowerCase(Locale.ROOT))) {
        String plain = PLAIN.retainFrom(part);
        if (!plain.isEmpty()) {
          parts.add(new Part(plain, first && !FUNCTION_WORDS.contains(plain)));
          first = false;
        }
      }
    }
    return parts;
  }
}
