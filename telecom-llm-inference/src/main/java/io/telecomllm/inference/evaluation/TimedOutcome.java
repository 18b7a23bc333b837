package io.telecomllm.inference.evaluation;

import static com.google.common.base.Preconditions.checkArgument;

/**
 * An outcome, and how long it took.
 *
 * @param seconds its share of the time of its batch, at least 0
 */
record TimedOutcome(Outcome outcome, double seconds) {
  /** Checks the time. */
  TimedOutcome {
    checkArgument(
        seconds >= 0 && Double.isFinite(seconds), "seconds is %s, must be at least 0", seconds);
  }
}
