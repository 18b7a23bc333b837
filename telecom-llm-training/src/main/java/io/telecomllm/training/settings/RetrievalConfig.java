package io.telecomllm.training.settings;

import static com.google.common.base.Preconditions.checkArgument;

/**
 * How often training puts other references before a question than an answerer would, so that the
 * model learns when not to believe them (RAFT, Zhang et al. 2024). Both are drawn for each question
 * in each epoch; evaluations are not changed. They need a knowledge base.
 *
 * @param distractorShare the share of questions whose references do not answer them: those that do
 *     are left out, and the next best take their places; 0 to 1
 * @param closedBookShare the share of questions without any reference, 0 to 1; both together at
 *     most 1
 */
public record RetrievalConfig(double distractorShare, double closedBookShare) {
  /** Checks the ranges. */
  public RetrievalConfig {
    Ranges.check("distractorShare", distractorShare, 0, 1);
    Ranges.check("closedBookShare", closedBookShare, 0, 1);
    checkArgument(
        distractorShare + closedBookShare <= 1,
        "distractorShare %s and closedBookShare %s are over 1 together",
        distractorShare,
        closedBookShare);
  }

  /** Returns the default settings: always the references that an answerer finds. */
  public static RetrievalConfig defaults() {
    return new RetrievalConfig(/* distractorShare= */ 0, /* closedBookShare= */ 0);
  }

  /** Returns whether both shares are 0. */
  public boolean none() {
    return distractorShare == 0 && closedBookShare == 0;
  }
}
