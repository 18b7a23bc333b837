package io.telecomllm.hub;

import java.io.IOException;
import java.time.Duration;

/** A server that asks to come back later. */
final class BusyException extends IOException {
  private final Duration retryAfter;

  BusyException(String message, Duration retryAfter) {
    super(message);
    this.retryAfter = retryAfter;
  }

  Duration retryAfter() {
    return retryAfter;
  }
}
