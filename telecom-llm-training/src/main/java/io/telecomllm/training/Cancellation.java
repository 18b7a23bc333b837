package io.telecomllm.training;

import java.util.concurrent.atomic.AtomicBoolean;

/** Asks a run to end after the step under way; from any thread. */
public final class Cancellation {
  private final AtomicBoolean requested = new AtomicBoolean();

  /** Asks. A second call does nothing. */
  public void cancel() {
    requested.set(true);
  }

  /** Whether it was asked. */
  public boolean requested() {
    return requested.get();
  }
}
