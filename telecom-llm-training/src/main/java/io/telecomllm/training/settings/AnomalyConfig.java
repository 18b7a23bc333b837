package io.telecomllm.training.settings;

import static com.google.common.base.Preconditions.checkArgument;

/**
 * What a run does when numbers go wrong; see {@code TrainingListener.Anomaly}.
 *
 * @param anomalyPolicy whether the run ends or skips the step
 * @param lossSpikeFactor a loss of more than this many times the mean of the steps before is an
 *     anomaly; finite and over 1, or 0 to accept every finite loss
 */
public record AnomalyConfig(Policy anomalyPolicy, double lossSpikeFactor) {
  /** Checks the ranges. */
  public AnomalyConfig {
    checkArgument(
        lossSpikeFactor == 0 || (lossSpikeFactor > 1 && Double.isFinite(lossSpikeFactor)),
        "lossSpikeFactor is %s, must be 0 or finite and over 1",
        lossSpikeFactor);
  }

  /** Returns the default settings: the run ends; a high loss alone is not an anomaly. */
  public static AnomalyConfig defaults() {
    return new AnomalyConfig(Policy.STOP, /* lossSpikeFactor= */ 0);
  }

  /** What a run does after an anomaly. */
  public enum Policy {
    /** The run ends with an error. */
    STOP,
    /** The step is skipped and the run continues. */
    SKIP
  }
}
