package io.telecomllm.inference.evaluation;

import static com.google.common.base.Preconditions.checkArgument;

/**
 * What became of a question whose right option was not among those offered. Immutable.
 *
 * @param id the id of the question
 * @param confidence the confidence of the most probable of the wrong options, 0 to 1
 * @param given whether it was given as the answer
 */
public record RemovedOption(String id, double confidence, boolean given) {
  /** Checks the range. */
  public RemovedOption {
    checkArgument(
        confidence >= 0 && confidence <= 1, "confidence is %s, must be 0 to 1", confidence);
  }
}
