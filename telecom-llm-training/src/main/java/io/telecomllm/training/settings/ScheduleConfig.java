package io.telecomllm.training.settings;

import static com.google.common.base.Preconditions.checkArgument;

import io.telecomllm.Internal;
import io.telecomllm.training.optimizer.LearningRate;
import io.telecomllm.training.optimizer.Schedule;

/**
 * How the learning rate rises and falls.
 *
 * @param lrScheduler {@code lr_scheduler_type}: how the rate changes after the warm-up
 * @param warmupRatio {@code warmup_ratio}: the share of the steps in which the rate rises, 0 to 1
 * @param warmupSteps {@code warmup_steps}: the number of steps in which the rate rises; 0 to use
 *     the ratio
 * @param numCycles {@code num_cycles}: the number of times that {@link
 *     Schedule#COSINE_WITH_RESTARTS} falls, 1 to 1000
 * @param minLrRate {@code min_lr_rate}: the lowest rate after the warm-up as a share of the
 *     highest, 0 to 1
 */
public record ScheduleConfig(
    Schedule lrScheduler, double warmupRatio, int warmupSteps, int numCycles, double minLrRate) {
  /** Checks the ranges. */
  public ScheduleConfig {
    Ranges.check("warmupRatio", warmupRatio, 0, 1);
    Ranges.check("warmupSteps", warmupSteps, 0, Integer.MAX_VALUE);
    Ranges.check("numCycles", numCycles, 1, 1000);
    Ranges.check("minLrRate", minLrRate, 0, 1);
    checkArgument(
        numCycles == 1 || lrScheduler == Schedule.COSINE_WITH_RESTARTS,
        "numCycles is %s, but lrScheduler is %s: only COSINE_WITH_RESTARTS uses it",
        numCycles,
        lrScheduler);
    checkArgument(
        minLrRate == 0 || lrScheduler != Schedule.CONSTANT,
        "minLrRate is %s, but lrScheduler is CONSTANT, which does not fall",
        minLrRate);
  }

  /** Returns the default settings: a cosine after 5 % warm-up. */
  public static ScheduleConfig defaults() {
    return new ScheduleConfig(
        Schedule.COSINE,
        /* warmupRatio= */ 0.05,
        /* warmupSteps= */ 0,
        /* numCycles= */ 1,
        /* minLrRate= */ 0);
  }

  /**
   * Returns the learning rates of a run.
   *
   * @param peak the highest rate
   * @param totalSteps the number of steps of the run, at least 1
   * @throws IllegalArgumentException if the warm-up has more steps than the run
   */
  @Internal
  public LearningRate rates(double peak, long totalSteps) {
    long warmup = warmupSteps > 0 ? warmupSteps : (long) Math.ceil(warmupRatio * totalSteps);
    checkArgument(
        warmup <= totalSteps, "warmupSteps is %s, but the run has %s steps", warmup, totalSteps);
    return new LearningRate(lrScheduler, peak, warmup, totalSteps, numCycles, minLrRate);
  }
}
