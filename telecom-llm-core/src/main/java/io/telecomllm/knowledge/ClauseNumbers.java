package io.telecomllm.knowledge;

import io.telecomllm.Internal;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The numbers of clauses, such as {@code 5.3.3} and {@code A.2}, and those above them. The second
 * part of a clause that was cut is {@code 5.3.3 (2)}, which is below {@code 5.3.3}.
 */
@Internal
public final class ClauseNumbers {
  private static final String DOTTED = "(?:[A-Za-z]|\\d{1,3})[a-z]?(?:\\.\\d{1,3}[A-Za-z]?){1,9}";
  private static final Pattern NUMBER =
      Pattern.compile("(" + DOTTED + "|\\d{1,3}[a-z]?|[A-Z])( \\(\\d{1,6}\\))?");
  private static final Pattern IN_TEXT =
      Pattern.compile(
          "(?<![\\w.-])(?:(?i:clauses?|subclauses?|sections?|annex|chapter|§) {0,2}"
              + "([A-Z]|\\d{1,3}[a-z]?|"
              + DOTTED
              + ")|("
              + DOTTED
              + "))(?!\\w)(?!\\.\\d)");

  private ClauseNumbers() {}

  /** Returns whether the name of a clause is a number, not a word such as a glossary's. */
  public static boolean isNumber(String clause) {
    return NUMBER.matcher(clause).matches();
  }

  /** Returns the name of the nth part of a clause, from 1; the first is called as the clause. */
  public static String part(String clause, int n) {
    return n == 1 ? clause : clause + " (" + n + ")";
  }

  /** Returns whether the name of a clause is that of its second or a later part. */
  static boolean isPart(String clause) {
    Matcher number = NUMBER.matcher(clause);
    return number.matches() && number.group(2) != null;
  }

  /**
   * Returns the numbers above this one, the nearest first: 5.3 and 5 for 5.3.3; 5.3 for 5.3 (2).
   */
  static List<String> above(String clause) {
    List<String> above = new ArrayList<>();
    Matcher matcher = NUMBER.matcher(clause);
    if (matcher.matches()) {
      String number = matcher.group(1).toLowerCase(Locale.ROOT);
      if (matcher.group(2) != null) {
        above.add(number);
      }
      for (int dot = number.lastIndexOf('.'); dot > 0; dot = number.lastIndexOf('.', dot - 1)) {
        above.add(number.substring(0, dot));
      }
    }
    return above;
  }

  /**
   * Returns the numbers of clauses in a text: those with a dot, and any that follow a word such as
   * {@code clause}.
   */
  static Set<String> in(String text) {
    Set<String> numbers = new LinkedHashSet<>();
    Matcher number = IN_TEXT.matcher(text);
    while (number.find()) {
      String found = number.group(1) == null ? number.group(2) : number.group(1);
      numbers.add(found.toLowerCase(Locale.ROOT));
    }
    return numbers;
  }
}
