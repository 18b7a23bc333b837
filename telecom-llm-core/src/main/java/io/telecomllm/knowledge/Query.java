package io.telecomllm.knowledge;

import static com.google.common.base.Preconditions.checkArgument;

/**
 * A search in a knowledge base. Immutable.
 *
 * @param text plain text in any form; there is no query syntax. A release tag at its end, such as
 *     {@code [3GPP Release 18]}, is removed. Clauses of a release that the text mentions ({@code
 *     Rel-15}, {@code R15}) come before equal ones of others, and otherwise the newest first
 * @param release limits the search to clauses of this release and clauses without one; empty for
 *     all. {@code Release 18}, {@code Rel-18}, {@code 3GPP Release 18} and {@code 18} are the same
 * @param limit the most passages to return, 1 to 1,000
 */
public record Query(String text, String release, int limit) {
  /** The longest query, in characters: the text of a long trouble ticket fits. */
  public static final int MAX_TEXT = 100_000;

  /** The most passages that one search returns. */
  public static final int MAX_LIMIT = 1_000;

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
    text =
        Releases.tagOf(text).isEmpty()
            ? text
            : text.substring(0, text.lastIndexOf('[')).stripTrailing();
  }

  /**
   * Creates a search in clauses of all releases, or, if a tag such as {@code [3GPP Release 18]}
   * ends the text, in those of that release and without one.
   */
  public static Query of(String text, int limit) {
    return new Query(text, Releases.tagOf(text), limit);
  }
}
