package io.telecomllm.inference.statistics;

import static com.google.common.base.Preconditions.checkArgument;

/**
 * How sure an answer was, and whether it was right. Immutable.
 *
 * @param confidence 0 to 1
 * @param right whether the answer is correct
 */
public record GradedAnswer(double confidence, boolean right) {
  /** Checks the range. */
  public GradedAnswer {
    checkArgument(
        confidence >= 0 && confidence <= 1, "confidence is %s, must be 0 to 1", confidence);
  }
}
