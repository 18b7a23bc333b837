package io.telecomllm.inference.evaluation;

import static com.google.common.base.Preconditions.checkArgument;
import static java.util.Objects.requireNonNull;

/**
 * What an answerer does with a question whose right option was taken away, so that every answer is
 * wrong and an abstention is right. Immutable.
 *
 * @param id the id of the question
 * @param confidence the confidence of the choice among the other options, 0 to 1
 * @param given whether the choice is given as the answer
 */
public record RemovedOption(String id, double confidence, boolean given) {
  /** Checks the range. */
  public RemovedOption {
    requireNonNull(id, "id is null");
    checkArgument(
        confidence >= 0 && confidence <= 1, "confidence is %s, must be 0 to 1", confidence);
  }
}
