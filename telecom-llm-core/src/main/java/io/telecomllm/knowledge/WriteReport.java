package io.telecomllm.knowledge;

import java.util.List;

/**
 * What a {@link KnowledgeBaseWriter} has done with the clauses that it was given. Immutable.
 *
 * @param added the number of clauses of a new edition
 * @param replaced the number of clauses that took the place of one of the same edition
 * @param unchanged the number of clauses that were there already
 * @param removed the number of clauses that were removed
 * @param rejected those that were left out, and why
 */
public record WriteReport(
    int added, int replaced, int unchanged, int removed, List<Rejected> rejected) {
  /** Copies the list. */
  public WriteReport {
    rejected = List.copyOf(rejected);
  }

  /**
   * A clause that was left out.
   *
   * @param edition the {@link Clause#edition}
   * @param reason why, as a sentence without its beginning, such as "repeats ..."
   */
  public record Rejected(String edition, String reason) {}
}
