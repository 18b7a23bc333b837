package io.telecomllm.knowledge;

import static com.google.common.base.Preconditions.checkArgument;
import static java.util.stream.Collectors.joining;

import java.util.List;
import java.util.stream.Stream;

/**
 * A search in a knowledge base. Immutable; each setting returns a changed copy.
 *
 * @param text plain text in any form; there is no query syntax. A release tag at its end, such as
 *     {@code [3GPP Release 18]}, is removed. Clauses of a release that the text mentions ({@code
 *     Rel-15}, {@code R15}) come before equal ones of others, and otherwise the newest first
 * @param release limits the search to clauses of this release and clauses without one; empty for
 *     all. {@code Release 18}, {@code Rel-18}, {@code 3GPP Release 18} and {@code 18} are the same
 * @param series limits the search to specifications of this series, two digits such as {@code 38};
 *     empty for all documents
 * @param spec limits the search to this document; empty for all. {@code TS 38.331}, {@code 3GPP TS
 *     38.331} and {@code 38331} are the same
 * @param limit the most passages to return, 1 to 1,000
 */
public record Query(String text, String release, String series, String spec, int limit) {
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
        series.matches("(\\d\\d)?"), "series is '%s', expected two digits such as 38", series);
    Checks.line("spec", spec);
    checkArgument(
        limit >= 1 && limit <= MAX_LIMIT, "limit is %s, expected 1 to %s", limit, MAX_LIMIT);
    text =
        Releases.tagOf(text).isEmpty()
            ? text
            : text.substring(0, text.lastIndexOf('[')).stripTrailing();
  }

  /** Creates a search in the documents of every series. */
  public Query(String text, String release, int limit) {
    this(text, release, "", "", limit);
  }

  /**
   * Creates a search in clauses of all releases, or, if a tag such as {@code [3GPP Release 18]}
   * ends the text, in those of that release and without one.
   */
  public static Query of(String text, int limit) {
    return new Query(text, Releases.tagOf(text), limit);
  }

  /**
   * Creates the search for a question with options, as training and answering make it: for the
   * words of the question and of all options, whose order does not count. What answers a question
   * has words of the right option in it: of TeleQnA's explanations 98 % are among the first three
   * so, 91 % by the question alone. A release tag may end the question.
   *
   * @param options may be empty: the search for an open question
   */
  public static Query of(String question, List<String> options, int limit) {
    Query asked = of(question, limit);
    String all =
        Stream.concat(Stream.of(asked.text), options.stream().sorted()).collect(joining("\n"));
    return new Query(
        all.substring(0, Math.min(all.length(), MAX_TEXT)), asked.release, "", "", limit);
  }

  /** Returns a copy that is limited to this release and clauses without one, or not if empty. */
  public Query release(String value) {
    return new Query(text, value, series, spec, limit);
  }

  /** Returns a copy that is limited to this series, or not if empty. */
  public Query series(String value) {
    return new Query(text, release, value, spec, limit);
  }

  /** Returns a copy that is limited to this document, or not if empty. */
  public Query spec(String value) {
    return new Query(text, release, series, value, limit);
  }

  /** Returns a copy that returns at most this number of passages. */
  public Query limit(int value) {
    return new Query(text, release, series, spec, value);
  }

  /** Returns whether a clause is within the limits of release, series and document. */
  boolean admits(Clause clause) {
    String own = Releases.normal(clause.release());
    return (release.isEmpty() || own.isEmpty() || own.equals(Releases.normal(release)))
        && (series.isEmpty() || series.equals(Specs.series(clause.spec())))
        && (spec.isEmpty() || Specs.normal(spec).equals(Specs.normal(clause.spec())));
  }
}
