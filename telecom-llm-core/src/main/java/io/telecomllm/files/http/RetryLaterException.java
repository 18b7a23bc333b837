package io.telecomllm.files.http;

import java.io.IOException;
import java.time.Duration;

/** A server asks to come back later. */
public final class RetryLaterException extends IOException {
  private final Duration retryAfter;

  /** With how long the server asks to wait; zero if it does not say. */
  public RetryLaterException(String message, Duration retryAfter) {
    super(message);
    this.retryAfter = retryAfter;
  }

  /** How long the server asks to wait. */
  public Duration retryAfter() {
    return retryAfter;
  }
}
