package io.telecomllm.training.settings;

import static com.google.common.base.Preconditions.checkArgument;

/** When something recurs in a run. */
public enum IntervalStrategy {
  /** Never. */
  NO,
  /** After each epoch. */
  EPOCH,
  /** After each so many optimizer steps. */
  STEPS;

  /**
   * Whether it is time.
   *
   * @param step the optimizer steps made
   * @param every how many steps lie between two times, if it goes by steps
   * @param endsEpoch whether an epoch, or the run, ended with that step
   */
  public boolean due(long step, int every, boolean endsEpoch) {
    return switch (this) {
      case NO -> false;
      case EPOCH -> endsEpoch;
      case STEPS -> step > 0 && step % every == 0;
    };
  }

  /** Checks that a number of steps is given if and only if it is used. */
  void check(String strategy, String steps, int every) {
    Ranges.check(steps, every, 0, Integer.MAX_VALUE);
    checkArgument(this != STEPS || every > 0, "%s is STEPS, but %s is 0: set it", strategy, steps);
    checkArgument(
        this == STEPS || every == 0,
        "%s is %s, but %s is %s: only STEPS uses it",
        steps,
        every,
        strategy,
        this);
  }
}
