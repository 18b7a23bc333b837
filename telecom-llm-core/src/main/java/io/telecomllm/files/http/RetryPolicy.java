package io.telecomllm.files.http;

import static com.google.common.base.Preconditions.checkArgument;

import io.telecomllm.Internal;
import java.time.Duration;

/**
 * How often requests are repeated, and how long they may take. A download counts its failures from
 * 0 again whenever an attempt got further than all before, so a long one completes even over a poor
 * line.
 *
 * @param attempts the number of consecutive failures after which a request is given up, 1 to 100
 * @param firstPause the pause after the first failure; it doubles with each further one
 * @param longestPause the longest pause
 * @param connectTimeout how long connecting may take
 * @param idleTimeout how long a server may be silent, before and within its answer
 */
public record RetryPolicy(
    int attempts,
    Duration firstPause,
    Duration longestPause,
    Duration connectTimeout,
    Duration idleTimeout) {
  /** Five attempts with pauses of 1, 2, 4 and 8 seconds; 4 s to connect, 30 s of silence. */
  public static final RetryPolicy DEFAULT =
      new RetryPolicy(
          5,
          Duration.ofSeconds(1),
          Duration.ofSeconds(30),
          Duration.ofSeconds(4),
          Duration.ofSeconds(30));

  private static final int MAX_ATTEMPTS = 100;

  /** Checks the ranges. */
  public RetryPolicy {
    checkArgument(
        attempts >= 1 && attempts <= MAX_ATTEMPTS,
        "attempts is %s, must be 1 to %s",
        attempts,
        MAX_ATTEMPTS);
    checkArgument(!firstPause.isNegative(), "firstPause is %s, must not be negative", firstPause);
    checkArgument(
        longestPause.compareTo(firstPause) >= 0,
        "longestPause is %s, must not be less than firstPause, %s",
        longestPause,
        firstPause);
    checkPositive("connectTimeout", connectTimeout);
    checkPositive("idleTimeout", idleTimeout);
  }

  private static void checkPositive(String name, Duration value) {
    checkArgument(value.compareTo(Duration.ZERO) > 0, "%s is %s, must be positive", name, value);
  }

  /** Returns the pause after a number of consecutive failures. */
  @Internal
  public Duration pause(int failures) {
    Duration pause = firstPause;
    for (int i = 1; i < failures && pause.compareTo(longestPause) < 0; i++) {
      pause = pause.multipliedBy(2);
    }
    return pause.compareTo(longestPause) < 0 ? pause : longestPause;
  }
}
