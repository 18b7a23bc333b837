package io.telecomllm;

import java.util.concurrent.CancellationException;

/** Turns the interrupt of a thread into a cancellation, as every long call of this library does. */
@Internal
public final class Interrupts {
  private Interrupts() {}

  /**
   * Ends the work if the calling thread is interrupted; it stays interrupted.
   *
   * @throws CancellationException with this message
   */
  public static void check(String message) {
    if (Thread.currentThread().isInterrupted()) {
      throw new CancellationException(message);
    }
  }

  /** Returns what to throw for an interrupt that was caught; the thread is interrupted again. */
  public static CancellationException cancelled(String message, Throwable cause) {
    Thread.currentThread().interrupt();
    CancellationException cancelled = new CancellationException(message);
    cancelled.initCause(cause);
    return cancelled;
  }
}
