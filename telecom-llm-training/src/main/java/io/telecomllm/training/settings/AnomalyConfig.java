package io.telecomllm.training.settings;

import static com.google.common.base.Preconditions.checkArgument;

/**
 * What happens when numbers go wrong; see {@code TrainingListener.Anomaly}.
 *
 * @param anomalyPolicy whether the run ends
 * @param lossSpikeFactor a loss over so many times that of the steps before is an anomaly; over 1
 *     and finite, or 0: none is
 */
public record AnomalyConfig(Policy anomalyPolicy, double lossSpikeFactor) {
  /** Checks the ranges. */
  public AnomalyConfig {
    checkArgument(
        lossSpikeFactor == 0 || (lossSpikeFactor > 1 && Double.isFinite(lossSpikeFactor)),
        "lossSpikeFactor is %s, must be 0 or finite and over 1",
        lossSpikeFactor);
  }

  /** The recipe: the run ends; a high loss alone is no anomaly. */
  public static AnomalyConfig defaults() {
    return new AnomalyConfig(Policy.STOP, /* lossSpikeFactor= */ 0);
  }

  /** What follows an anomaly. */
  public enum Policy {
    /** The run ends with an error. */
    STOP,
    /** The step is left out and the run goes on. */
    SKIP
  }
}
