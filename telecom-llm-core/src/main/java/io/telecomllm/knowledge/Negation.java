package io.telecomllm.knowledge;

import io.telecomllm.Internal;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Notices that a text denies what some of its words say: {@code does not allocate addresses} next
 * to {@code allocates addresses}. It looks for a negating word shortly before one of the words,
 * which is where English has it; it does not parse.
 */
@Internal
public final class Negation {
  /** The number of words behind a negating word that it denies. */
  private static final int REACH = 4;

  private static final Pattern BETWEEN = Pattern.compile("[^\\p{L}\\p{N}'\u2019_./&-]+");

  private static final Set<String> NEGATING =
      Set.of(
          ("not no never neither nor none cannot without lack lacks lacking lacked absence absent"
                  + " unable")
              .split(" ", -1));

  /** Behind {@code not} or {@code no} these set a limit or add something: {@code not only}. */
  private static final Set<String> LIMITING =
      Set.of("only", "later", "earlier", "more", "less", "fewer", "greater", "just");

  private Negation() {}

  /** Returns whether a text has a negating word at all. */
  public static boolean in(String text) {
    String[] words = words(text);
    for (int i = 0; i < words.length; i++) {
      if (negates(words, i)) {
        return true;
      }
    }
    return false;
  }

  /** Returns whether a text denies one of these words. */
  public static boolean of(List<Words.Word> denied, String text) {
    String[] words = words(text);
    for (int i = 0; i < words.length; i++) {
      if (negates(words, i) && followed(words, i, denied)) {
        return true;
      }
    }
    return false;
  }

  /** Returns the terms that a text denies: those shortly behind a negating word. */
  public static Set<String> denied(String text) {
    Set<String> denied = new HashSet<>();
    String[] words = words(text);
    for (int i = 0; i < words.length; i++) {
      for (int k = i + 1; negates(words, i) && k < Math.min(words.length, i + 1 + REACH); k++) {
        denied.addAll(Words.indexTerms(words[k]));
      }
    }
    return denied;
  }

  private static boolean followed(String[] words, int at, List<Words.Word> denied) {
    for (int i = at + 1; i < Math.min(words.length, at + 1 + REACH); i++) {
      Set<String> terms = Set.copyOf(Words.indexTerms(words[i]));
      if (denied.stream().anyMatch(word -> word.in(terms))) {
        return true;
      }
    }
    return false;
  }

  private static boolean negates(String[] words, int i) {
    String word = words[i].toLowerCase(Locale.ROOT);
    boolean contracted = word.endsWith("n't") || word.endsWith("n\u2019t");
    boolean limit =
        i + 1 < words.length && LIMITING.contains(words[i + 1].toLowerCase(Locale.ROOT));
    return contracted || (NEGATING.contains(word) && !limit);
  }

  private static String[] words(String text) {
    return BETWEEN.split(text.strip(), -1);
  }
}
