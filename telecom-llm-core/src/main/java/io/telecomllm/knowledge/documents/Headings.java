package io.telecomllm.knowledge.documents;

import io.telecomllm.knowledge.ClauseNumbers;
import io.telecomllm.text.Texts;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Tells the number of a clause from its title. */
final class Headings {
  private static final int MAX_TITLE = 300;
  private static final Pattern ANNEX =
      Pattern.compile(
          "((?i:annex|appendix)\\s([A-Z]|[A-Z]?\\d{1,2}))(?![\\w.]\\w).*", Pattern.DOTALL);
  private static final Pattern NUMBERED =
      Pattern.compile(
          "(?:(?i:clause|section|chapter)\\s|§\\s?)?([\\w.]{1,60}?)([.)]?)(?:(\\s)\\s*(.*))?",
          Pattern.DOTALL);

  private Headings() {}

  /**
   * A heading.
   *
   * @param number the clause's number, or empty
   * @param title the text; that of an annex begins with {@code Annex A}
   */
  record Heading(String number, String title) {
    /** Returns what the clause is called: its number, or else its title. */
    String name() {
      return number.isEmpty() ? title : number;
    }
  }

  /** Returns the heading with this text, whose number may be typed in front of it. */
  static Heading typed(String text, int level) {
    String heading = text.strip();
    Matcher annex = ANNEX.matcher(heading);
    if (annex.matches()) {
      String number = annex.group(2);
      // Appendix 1 is not clause 1
      return new Heading(
          ClauseNumbers.isNumber(number) && !isDigits(number) ? number : "", title(heading));
    }
    Matcher numbered = NUMBERED.matcher(heading);
    if (numbered.matches() && ClauseNumbers.isNumber(numbered.group(1))) {
      String number = numbered.group(1);
      String rest = numbered.group(4) == null ? "" : numbered.group(4);
      boolean certain =
          number.indexOf('.') > 0
              || !numbered.group(2).isEmpty()
              || "\t".equals(numbered.group(3))
              || numbered.start(1) > 0;
      // "3 dB bandwidth" and "A guide" have no number; "5 General" has one
      boolean chapter = level == 1 && isDigits(number) && startsUpper(rest);
      if (certain || chapter) {
        return new Heading(number, title(rest));
      }
    }
    return new Heading("", title(heading));
  }

  /** Returns the heading with this text whose number, such as {@code Annex A}, was computed. */
  static Heading numbered(String label, String text, int level) {
    String joined = label + "\t" + text.strip();
    return label.isEmpty() ? typed(text, level) : typed(joined, level);
  }

  private static String title(String text) {
    return Texts.prefix(Texts.collapsed(text), MAX_TITLE).strip();
  }

  private static boolean isDigits(String number) {
    return number.chars().allMatch(Character::isDigit);
  }

  private static boolean startsUpper(String text) {
    return !text.isEmpty() && Character.isUpperCase(text.codePointAt(0));
  }
}
