package io.telecomllm.training.settings;

import static com.google.common.base.Preconditions.checkArgument;

import io.telecomllm.training.optimizer.LearningRate;
import io.telecomllm.training.optimizer.Schedule;

/**
 * How the learning rate rises and falls.
 *
 * @param lrScheduler {@code lr_scheduler_type}: how it goes on after the warm-up
 * @param warmupRatio {@code warmup_ratio}: the share of the steps in which it rises, 0 to 1
 * @param warmupSteps {@code warmup_steps}: how many these are; over 0 it takes the ratio's place
 * @param numCycles {@code num_cycles}: how often {@link Schedule#COSINE_WITH_RESTARTS} falls, 1 to
 *     1000
 * @param minLrRate {@code min_lr_rate}: the share of the highest rate to which it falls, 0 to 1
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

  /** The recipe: a cosine after 5 % warm-up. */
  public static ScheduleConfig defaults() {
    return new ScheduleConfig(
        Schedule.COSINE,
        /* warmupRatio= */ 0.05,
        /* warmupSteps= */ 0,
        /* numCycles= */ 1,
        /* minLrRate= */ 0);
  }

  /**
   * The rates of a run.
   *
   * @param peak the highest
   * @param totalSteps at least 1
   * @throws IllegalArgumentException if the warm-up has more steps than the run
   */
  public LearningRate rates(double peak, long totalSteps) {
    long warmup = warmupSteps > 0 ? warmupSteps : (long) Math.ceil(warmupRatio * totalSteps);
    checkArgument(
        warmup <= totalSteps, "warmupSteps is %s, but the run has %s steps", warmup, totalSteps);
    return new LearningRate(lrScheduler, peak, warmup, totalSteps, numCycles, minLrRate);
  }
}
