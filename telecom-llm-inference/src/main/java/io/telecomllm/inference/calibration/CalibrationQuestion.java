package io.telecomllm.inference.calibration;

import static com.google.common.base.Preconditions.checkArgument;

/**
 * A question to calibrate with. Immutable.
 *
 * @param evidence what is known of the answer to it
 * @param answer the right option, counted from 0
 */
public record CalibrationQuestion(Evidence evidence, int answer) {
  /** Checks that there is such an option. */
  public CalibrationQuestion {
    int options = evidence.probabilities().values().size();
    checkArgument(
        answer >= 0 && answer < options, "answer is %s, must be 0 to %s", answer, options - 1);
  }

  /** Returns whether the most probable option, the first of equal ones, is the right one. */
  public boolean right() {
    return evidence.probabilities().best() == answer;
  }
}
