package io.telecomllm.knowledge;

import static com.google.common.base.Preconditions.checkArgument;
import static java.util.Objects.requireNonNull;

import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/**
 * Settings of a {@link KnowledgeBaseWriter}. Immutable.
 *
 * @param snapshots the number of snapshots to keep, 1 to 1,000; files that none of them needs are
 *     deleted. A change of one clause may copy all that were added with it
 * @param listener is given the report so far after every 1,000 clauses, on the thread that writes;
 *     an exception from it ends the call
 * @param cancelWhen is asked before each clause whether to cancel, as an interrupt does
 */
public record WriterSettings(
    int snapshots, Consumer<WriteReport> listener, BooleanSupplier cancelWhen) {
  private static final int DEFAULT_SNAPSHOTS = 5;
  private static final int MOST_SNAPSHOTS = 1_000;

  /** Checks the ranges. */
  public WriterSettings {
    checkArgument(
        snapshots >= 1 && snapshots <= MOST_SNAPSHOTS,
        "snapshots is %s, expected 1 to %s",
        snapshots,
        MOST_SNAPSHOTS);
    requireNonNull(listener, "listener is null");
    requireNonNull(cancelWhen, "cancelWhen is null");
  }

  /** Returns the defaults: 5 snapshots, no listener, cancelled by an interrupt only. */
  public static WriterSettings defaults() {
    return new WriterSettings(DEFAULT_SNAPSHOTS, report -> {}, () -> false);
  }

  /** Returns a copy that keeps this number of snapshots. */
  public WriterSettings withSnapshots(int value) {
    return new WriterSettings(value, listener, cancelWhen);
  }

  /** Returns a copy with this listener. */
  public WriterSettings withListener(Consumer<WriteReport> value) {
    return new WriterSettings(snapshots, value, cancelWhen);
  }

  /** Returns a copy with this condition to cancel. */
  public WriterSettings withCancelWhen(BooleanSupplier value) {
    return new WriterSettings(snapshots, listener, value);
  }
}
