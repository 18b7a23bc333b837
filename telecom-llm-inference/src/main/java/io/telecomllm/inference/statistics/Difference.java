package io.telecomllm.inference.statistics;

import static com.google.common.base.Preconditions.checkArgument;
import static java.util.Objects.requireNonNull;

/**
 * The difference of a figure between two answerers of the same questions. Immutable.
 *
 * @param estimate the first's figure less the second's, with its interval
 * @param pValue the two-sided p-value of "there is no difference", over 0 and at most 1
 */
public record Difference(Estimate estimate, double pValue) {
  /** Checks the range. */
  public Difference {
    requireNonNull(estimate, "estimate is null");
    checkArgument(pValue > 0 && pValue <= 1, "pValue is %s, must be over 0 and at most 1", pValue);
  }
}
