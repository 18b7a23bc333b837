package io.telecomllm.training.settings;

import io.telecomllm.Internal;

/**
 * When a run writes checkpoints, if it has a folder for them.
 *
 * @param saveStrategy {@code save_strategy}: whether to save after each epoch, after a number of
 *     steps, or only at the end
 * @param saveSteps {@code save_steps}: the optimizer steps from one checkpoint to the next, at
 *     least 1 with {@link IntervalStrategy#STEPS}, otherwise 0
 * @param saveTotalLimit {@code save_total_limit}: the number of newest checkpoints to keep; 0 keeps
 *     all
 */
public record CheckpointConfig(IntervalStrategy saveStrategy, int saveSteps, int saveTotalLimit) {
  /** Checks the ranges. */
  public CheckpointConfig {
    saveStrategy.check("saveStrategy", "saveSteps", saveSteps);
    Ranges.check("saveTotalLimit", saveTotalLimit, 0, Integer.MAX_VALUE);
  }

  /** Returns the default settings: a checkpoint after each epoch, of which the newest is kept. */
  public static CheckpointConfig defaults() {
    return new CheckpointConfig(
        IntervalStrategy.EPOCH, /* saveSteps= */ 0, /* saveTotalLimit= */ 1);
  }

  /** Returns whether a checkpoint is due; see {@link IntervalStrategy#due}. */
  @Internal
  public boolean due(long step, boolean endsEpoch) {
    return saveStrategy.due(step, saveSteps, endsEpoch);
  }
}
