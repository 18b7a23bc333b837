package io.telecomllm.knowledge;

import com.google.common.base.Splitter;
import io.telecomllm.Internal;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * The numbers of clauses, such as {@code 5.3.3}, {@code A.2} and {@code Annex A}, and those above
 * them. The second part of a clause that was cut is {@code 5.3.3 (2)}, which is below {@code
 * 5.3.3}.
 */
@Internal
public final class ClauseNumbers {
  /** A number with a dot. */
  static final String DOTTED = "(?:[A-Za-z]|\\d{1,3})[a-z]?(?:\\.\\d{1,3}[A-Za-z]?){1,9}";

  private static final Pattern NUMBER =
      Pattern.compile(
          "(?:(?i:annex) )?(" + DOTTED + "|\\d{1,3}[a-z]?|[A-Z])(?: \\((\\d{1,6})\\))?");
  private static final Pattern IN_TEXT =
      Pattern.compile(
          "(?<![\\w.-])(?:(?i:clauses?|subclauses?|sections?|annex|chapter|§) {0,2}"
              + "([A-Z]|\\d{1,3}[a-z]?|"
              + DOTTED
              + ")|("
              + DOTTED
              + "))(?!\\w)(?!\\.\\d)");
  private static final Pattern DIGITS = Pattern.compile("\\d+");
  private static final Splitter AT_DOTS = Splitter.on('.');

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

  /** Returns the number in lower case; empty for a name and for a later part of a clause. */
  static String number(String clause) {
    Matcher number = NUMBER.matcher(clause);
    boolean whole = number.matches() && number.group(2) == null;
    return whole ? number.group(1).toLowerCase(Locale.ROOT) : "";
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
   * Returns a text that sorts clauses as they stand in a document: names first, then 5, 5.2, 5.10,
   * 5a, 6, and the annexes A, A.1, B; the parts of a clause before the clauses below it. Names have
   * the same, an empty one.
   */
  static String order(String clause) {
    Matcher number = NUMBER.matcher(clause);
    if (!number.matches()) {
      return "";
    }
    // a space sorts before a dot, that before a digit, and that before a letter
    String part = number.group(2) == null ? "" : " " + padded(number.group(2));
    return AT_DOTS
        .splitToStream(number.group(1).toLowerCase(Locale.ROOT))
        .map(ClauseNumbers::padded)
        .collect(Collectors.joining(".", "", part));
  }

  private static String padded(String component) {
    return DIGITS
        .matcher(component)
        .replaceAll(digits -> "0".repeat(6 - digits.group().length()) + digits.group());
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
