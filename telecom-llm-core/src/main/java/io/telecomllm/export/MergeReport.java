package io.telecomllm.export;

/**
 * What merging changed, measured with the written model against the base with the adapter beside
 * it.
 *
 * @param questions how many were asked
 * @param largestLogitDifference over all tokens of the vocabulary behind each prompt
 * @param accuracyBefore the share of questions answered right with the adapter beside the base
 * @param accuracyAfter the same of the written model
 */
public record MergeReport(
    int questions, double largestLogitDifference, double accuracyBefore, double accuracyAfter) {
  /** After less before: negative where merging cost right answers. */
  public double accuracyDifference() {
    return accuracyAfter - accuracyBefore;
  }
}
