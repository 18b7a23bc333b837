package io.telecomllm.training.settings;

/**
 * When a run is written to disk, if it has a folder to write to.
 *
 * @param saveStrategy {@code save_strategy}: when
 * @param saveSteps {@code save_steps}: every so many optimizer steps, with {@link
 *     IntervalStrategy#STEPS} only
 * @param saveTotalLimit {@code save_total_limit}: so many checkpoints are kept, the newest ones; 0:
 *     all
 */
public record CheckpointConfig(IntervalStrategy saveStrategy, int saveSteps, int saveTotalLimit) {
  /** Checks the ranges. */
  public CheckpointConfig {
    saveStrategy.check("saveStrategy", "saveSteps", saveSteps);
    Ranges.check("saveTotalLimit", saveTotalLimit, 0, Integer.MAX_VALUE);
  }

  /** The recipe: after each epoch, the newest is kept. */
  public static CheckpointConfig defaults() {
    return new CheckpointConfig(
        IntervalStrategy.EPOCH, /* saveSteps= */ 0, /* saveTotalLimit= */ 1);
  }

  /** Whether it is time; see {@link IntervalStrategy#due}. */
  public boolean due(long step, boolean endsEpoch) {
    return saveStrategy.due(step, saveSteps, endsEpoch);
  }
}
