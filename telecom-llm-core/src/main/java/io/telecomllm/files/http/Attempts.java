package io.telecomllm.files.http;

import io.telecomllm.Internal;
import io.telecomllm.text.Quoted;
import java.io.IOException;
import java.net.URI;

/** Counts consecutive failures of a request, and pauses between attempts. For one thread. */
@Internal
public final class Attempts {
  private final URI uri;
  private final RetryPolicy policy;
  private int failures;

  /** Creates a count for requests to an address, without failures yet. */
  public Attempts(URI uri, RetryPolicy policy) {
    this.uri = uri;
    this.policy = policy;
  }

  /** Resets the count, after an attempt got further than all before. */
  public void progressed() {
    failures = 0;
  }

  /**
   * Counts a failure and pauses before the next attempt.
   *
   * @throws UnreachableException if this was the last attempt
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
