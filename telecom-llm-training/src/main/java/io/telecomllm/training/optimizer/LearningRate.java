package io.telecomllm.training.optimizer;

import static com.google.common.base.Preconditions.checkArgument;

/**
 * The learning rate of each step: linear warm-up from 0, then half a cosine down to 0, as
 * transformers' {@code get_cosine_schedule_with_warmup} has it.
 *
 * @param peak the highest rate
 * @param warmupSteps steps of warm-up, 0 to {@code totalSteps}
 * @param totalSteps steps of the whole run
 */
public record LearningRate(double peak, long warmupSteps, long totalSteps) {
  /** Checks the ranges. */
  public LearningRate {
    checkArgument(peak > 0 && Double.isFinite(peak), "peak rate is %s, must be over 0", peak);
    checkArgument(totalSteps >= 1, "total steps are %s, must be at least 1", totalSteps);
    checkArgument(
        warmupSteps >= 0 && warmupSteps <= totalSteps,
        "warm-up steps are %s, must be 0 to %s",
        warmupSteps,
        totalSteps);
  }

  /** The rate of that step, counted from 0. */
  public double at(long step) {
    if (step < warmupSteps) {
      return peak * step / warmupSteps;
    }
    double progress = (double) (step - warmupSteps) / Math.max(1, totalSteps - warmupSteps);
    return Math.max(0, peak * 0.5 * (1 + Math.cos(Math.PI * progress)));
  }
}
