package io.telecomllm.export;

/**
 * What merging changed: the written model, compared with the base and its adapter. Immutable.
 *
 * @param questions the number of questions that were asked
 * @param largestLogitDifference the largest difference over all prompts and all tokens of the
 *     vocabulary
 * @param accuracyBefore the share of questions that the base with its adapter answered correctly, 0
 *     to 1
 * @param accuracyAfter the share of questions that the written model answered correctly, 0 to 1
 */
public record MergeReport(
    int questions, double largestLogitDifference, double accuracyBefore, double accuracyAfter) {
  /**
   * Returns the accuracy after merging less that before; negative if merging lost correct answers.
   */
  public double accuracyDifference() {
    return accuracyAfter - accuracyBefore;
  }
}
