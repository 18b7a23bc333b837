package io.telecomllm.knowledge;

import static com.google.common.base.Preconditions.checkArgument;

import io.telecomllm.text.Texts;

/** The checks that the records of this package share. */
final class Checks {
  /** The longest single-line field, in characters: headings and names, not texts. */
  static final int MAX_LINE = 1_000;

  /** The longest text of a clause or term, in characters. */
  static final int MAX_TEXT = 1_000_000;

  private Checks() {}

  /**
   * Checks a field of one line: no control character, no white space at its ends, at most {@link
   * #MAX_LINE} characters.
   */
  static String line(String field, String value) {
    checkArgument(
        value.length() <= MAX_LINE,
        "%s has %s characters, expected at most %s",
        field,
        value.length(),
        MAX_LINE);
    checkArgument(
        value.chars().noneMatch(Character::isISOControl),
        "%s holds a control character: %s",
        field,
        value);
    checkArgument(value.equals(value.strip()), "%s has space around it: '%s'", field, value);
    return wellFormed(field, value);
  }

  /** Checks a field of one line that is not empty. */
  static String requiredLine(String field, String value) {
    checkArgument(!value.isBlank(), "%s is empty", field);
    return line(field, value);
  }

  /** Checks a text of any number of lines that is not blank. */
  static String text(String field, String value) {
    checkArgument(!value.isBlank(), "%s is empty", field);
    checkArgument(
        value.length() <= MAX_TEXT,
        "%s has %s characters, expected at most %s",
        field,
        value.length(),
        MAX_TEXT);
    return wellFormed(field, value);
  }

  // half a surrogate pair has no UTF-8 form, so an index would return another character
  private static String wellFormed(String field, String value) {
    int at = Texts.unpairedSurrogate(value);
    checkArgument(at < 0, "%s holds half a surrogate pair at character %s", field, at);
    return value;
  }
}
