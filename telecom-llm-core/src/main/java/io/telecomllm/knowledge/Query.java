package io.telecomllm.knowledge;

import static com.google.common.base.Preconditions.checkArgument;

import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A search in a knowledge base. Immutable.
 *
 * @param text plain text in any form; there is no query syntax. A release tag at its end, such as
 *     {@code [3GPP Release 18]}, is removed
 * @param release limits the search to clauses of this release and clauses without one; empty for
 *     all. {@code Release 18}, {@code Rel-18}, {@code 3GPP Release 18} and {@code 18} are the same
 * @param limit the most passages to return, 1 to 1,000
 */
public record Query(String text, String release, int limit) {
  /** The longest query, in characters: the text of a long trouble ticket fits. */
  public static final int MAX_TEXT = 100_000;

  /** The most passages that one search returns. */
  public static final int MAX_LIMIT = 1_000;

  private static final Pattern RELEASE_TAG =
      Pattern.compile("\\[\\s{0,9}([^\\[\\]]{0,40}\\bRelease \\d{1,3})\\s{0,9}]");
  private static final Pattern NUMBER =
      Pattern.compile("(?:3gpp\\s*)?(?:release|rel)?[\\s.-]*(\\d{1,3})");

  /** Removes the release tag from the text and checks the ranges. */
  public Query {
    checkArgument(
        text.length() <= MAX_TEXT,
        "text has %s characters, expected at most %s",
        text.length(),
        MAX_TEXT);
    Checks.line("release", release);
    checkArgument(
        limit >= 1 && limit <= MAX_LIMIT, "limit is %s, expected 1 to %s", limit, MAX_LIMIT);
    text = tagOf(text).isEmpty() ? text : text.substring(0, text.lastIndexOf('[')).stripTrailing();
  }

  /** Creates a search in clauses of all releases. */
  public static Query of(String text, int limit) {
    return new Query(text, "", limit);
  }

  /** Creates a search for a TeleQnA question: the release tag at its end limits the releases. */
  public static Query ofQuestion(String question, int limit) {
    return new Query(question, tagOf(question), limit);
  }

  /** Returns the release of the tag at the end, or empty if there is none. */
  private static String tagOf(String text) {
    String stripped = text.stripTrailing();
    int bracket = stripped.endsWith("]") ? stripped.lastIndexOf('[') : -1;
    if (bracket < 0) {
      return "";
    }
    Matcher tag = RELEASE_TAG.matcher(stripped.substring(bracket));
    return tag.matches() ? tag.group(1) : "";
  }

  /** Returns a release in one spelling, however it is written; empty stays empty. */
  static String normalRelease(String release) {
    String lower = release.toLowerCase(Locale.ROOT).strip();
    Matcher number = NUMBER.matcher(lower);
    return number.matches() ? number.group(1) : lower.replaceAll("\\s+", " ");
  }
}
