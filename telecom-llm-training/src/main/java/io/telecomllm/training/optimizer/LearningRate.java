package io.telecomllm.training.optimizer;

import static com.google.common.base.Preconditions.checkArgument;

/**
 * The learning rate of each step: a linear warm-up from 0, then the schedule.
 *
 * @param schedule how the rate changes after the warm-up
 * @param peak the highest rate
 * @param warmupSteps the number of warm-up steps, 0 to {@code totalSteps}
 * @param totalSteps the number of steps of the whole run
 * @param cycles the number of times that {@link Schedule#COSINE_WITH_RESTARTS} falls, at least 1
 * @param minimum the lowest rate as a share of the peak, 0 to 1; transformers' {@code min_lr_rate}
 */
public record LearningRate(
    Schedule schedule, double peak, long warmupSteps, long totalSteps, int cycles, double minimum) {
  /** Checks the ranges. */
  public LearningRate {
    checkArgument(
        peak > 0 && Double.isFinite(peak), "peak rate is %s, must be finite and over 0", peak);
    checkArgument(totalSteps >= 1, "total steps are %s, must be at least 1", totalSteps);
    checkArgument(
        warmupSteps >= 0 && warmupSteps <= totalSteps,
        "warm-up steps are %s, must be 0 to %s",
        warmupSteps,
        totalSteps);
    checkArgument(cycles >= 1, "cycles are %s, must be at least 1", cycles);
    checkArgument(minimum >= 0 && minimum <= 1, "minimum is %s, must be 0 to 1", minimum);
  }

  /** Creates a schedule that falls from the peak to 0 along half a cosine, after the warm-up. */
  public static LearningRate cosine(double peak, long warmupSteps, long totalSteps) {
    return new LearningRate(Schedule.COSINE, peak, warmupSteps, totalSteps, 1, 0);
  }

  /** Returns the rate of a step, counted from 0. */
  public double at(long step) {
    checkArgument(step >= 0, "step is %s, must be at least 0", step);
    if (step < warmupSteps) {
      return peak * ((double) step / warmupSteps);
    }
    long falling = Math.max(1, totalSteps - warmupSteps);
    double progress = (double) (step - warmupSteps) / falling;
    return peak * (share(progress, falling, step) * (1 - minimum) + minimum);
  }

  private double share(double progress, long falling, long step) {
    return switch (schedule) {
      case CONSTANT -> 1;
      case LINEAR -> Math.max(0, (double) (totalSteps - step) / falling);
      // stays down after the end, where transformers' cosine rises again
      case COSINE -> progress >= 1 ? 0 : halfCosine(progress);
      case COSINE_WITH_RESTARTS -> progress >= 1 ? 0 : halfCosine(cycles * progress % 1);
    };
  }

  private static double halfCosine(double progress) {
    return 0.5 * (1 + Math.cos(Math.PI * progress));
  }
}
