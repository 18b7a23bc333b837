package io.telecomllm.training.progress;

import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;

/** Asks a run to end after the step under way; from any thread. */
public final class Cancellation {
  private final AtomicBoolean requested = new AtomicBoolean();
  private final Optional<Cancellation> whole;

  /** Of a job that is nobody's part. */
  public Cancellation() {
    this(Optional.empty());
  }

  private Cancellation(Optional<Cancellation> whole) {
    this.whole = whole;
  }

  /** That of a part of the job: asked together with the job, or alone. */
  public Cancellation part() {
    return new Cancellation(Optional.of(this));
  }

  /** Asks. A second call does nothing. */
  public void cancel() {
    requested.set(true);
  }

  /** Whether it was asked. */
  public boolean requested() {
    return requested.get() || whole.map(Cancellation::requested).orElse(false);
  }
}
