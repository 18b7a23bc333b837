package io.telecomllm.training.optimizer;

import static com.google.common.base.Preconditions.checkArgument;

/**
 * The learning rate of each step: linear warm-up from 0, then the schedule.
 *
 * @param schedule how it goes on after the warm-up
 * @param peak the highest rate
 * @param warmupSteps steps of warm-up, 0 to {@code totalSteps}
 * @param totalSteps steps of the whole run
 * @param cycles how often {@link Schedule#COSINE_WITH_RESTARTS} falls, at least 1
 * @param minimum the share of the peak to which it falls, 0 to 1; transformers' {@code min_lr_rate}
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

  /** Half a cosine from the peak to 0. */
  public static LearningRate cosine(double peak, long warmupSteps, long totalSteps) {
    return new LearningRate(Schedule.COSINE, peak, warmupSteps, totalSteps, 1, 0);
  }

  /** The rate of that step, counted from 0. */
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
      // it stays down after the end, where transformers' cosine would rise again
      case COSINE -> progress >= 1 ? 0 : halfCosine(progress);
      case COSINE_WITH_RESTARTS -> progress >= 1 ? 0 : halfCosine(cycles * progress % 1);
    };
  }

  private static double halfCosine(double progress) {
    return 0.5 * (1 + Math.cos(Math.PI * progress));
  }
}
