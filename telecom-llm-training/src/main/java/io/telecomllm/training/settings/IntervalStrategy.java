package io.telecomllm.training.settings;

import static com.google.common.base.Preconditions.checkArgument;

import io.telecomllm.Internal;

/** How often a run evaluates or saves. */
public enum IntervalStrategy {
  /** Never. */
  NO,
  /** After each epoch. */
  EPOCH,
  /** Each time a given number of optimizer steps has been made. */
  STEPS;

  /**
   * Returns whether the action is due.
   *
   * @param step the number of optimizer steps made
   * @param every the number of steps from one time to the next, for {@link #STEPS}
   * @param endsEpoch whether an epoch, or the run, ended with that step
   */
  @Internal
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
