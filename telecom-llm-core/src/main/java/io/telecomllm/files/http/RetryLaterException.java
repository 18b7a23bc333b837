package io.telecomllm.files.http;

import io.telecomllm.Internal;
import java.io.IOException;
import java.time.Duration;

/** Thrown when a server asks to try again later. */
@Internal
public final class RetryLaterException extends IOException {
  private final Duration retryAfter;

  /** Creates an exception with the time that the server asks to wait; zero if it does not say. */
  public RetryLaterException(String message, Duration retryAfter) {
    super(message);
    this.retryAfter = retryAfter;
  }

  /** Returns how long the server asks to wait. */
  Duration retryAfter() {
    return retryAfter;
  }
}
