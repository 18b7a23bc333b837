package io.telecomllm.files.http;

import io.telecomllm.text.Quoted;
import java.io.IOException;
import java.net.URI;

/** Counts what fails in a row, and pauses between. Of one thread. */
public final class Attempts {
  private final URI uri;
  private final RetryPolicy policy;
  private int failures;

  /** No failure yet, of requests to this address. */
  public Attempts(URI uri, RetryPolicy policy) {
    this.uri = uri;
    this.policy = policy;
  }

  /** It went further than ever before. */
  public void progressed() {
    failures = 0;
  }

  /**
   * Pauses before the next attempt.
   *
   * @throws UnreachableException if this was the last
   */
  public void failed(IOException cause) throws InterruptedException {
    failures++;
    String reason = cause.getMessage() == null ? cause.toString() : cause.getMessage();
    if (failures >= policy.attempts()) {
      throw new UnreachableException(
          uri + ": given up after " + failures + " attempts: " + Quoted.line(reason, 300), cause);
    }
    long pause = policy.pause(failures).toMillis();
    if (cause instanceof RetryLaterException busy) {
      long asked = Math.min(busy.retryAfter().toMillis(), policy.longestPause().toMillis());
      pause = Math.max(pause, asked);
    }
    Thread.sleep(pause);
  }
}
