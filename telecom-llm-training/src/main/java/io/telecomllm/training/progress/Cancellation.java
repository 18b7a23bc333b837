package io.telecomllm.training.progress;

import io.telecomllm.Internal;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;

/** Asks a run to end after the step under way. Safe for use by any thread. */
public final class Cancellation {
  private final AtomicBoolean requested = new AtomicBoolean();
  private final Optional<Cancellation> whole;

  /** Creates a cancellation that is not part of another. */
  public Cancellation() {
    this(Optional.empty());
  }

  private Cancellation(Optional<Cancellation> whole) {
    this.whole = whole;
  }

  /** Creates the cancellation of a part of the job, which is cancelled with the job or alone. */
  @Internal
  public Cancellation part() {
    return new Cancellation(Optional.of(this));
  }

  /** Asks the run to end. A second call does nothing. */
  public void cancel() {
    requested.set(true);
  }

  /** Returns whether the run was asked to end. */
  public boolean requested() {
    return requested.get() || whole.map(Cancellation::requested).orElse(false);
  }
}
