package io.telecomllm.files.http;

import static com.google.common.base.Preconditions.checkArgument;

import java.time.Duration;

/**
 * How patiently requests are repeated. A download counts anew whenever an attempt brings its file
 * further than any before, so a long one over a poor line comes to its end.
 *
 * @param attempts how often in a row a request may fail, 1 to 100
 * @param firstPause the pause after the first failure; it doubles with each further one
 * @param longestPause the pause grows no longer than this
 * @param connectTimeout until a connection must stand
 * @param idleTimeout how long a server may be silent, before and within its answer
 */
public record RetryPolicy(
    int attempts,
    Duration firstPause,
    Duration longestPause,
    Duration connectTimeout,
    Duration idleTimeout) {
  /** Five attempts with pauses of 1, 2, 4 and 8 seconds; 10 s to connect, 30 s of silence. */
  public static final RetryPolicy DEFAULT =
      new RetryPolicy(
          5,
          Duration.ofSeconds(1),
          Duration.ofSeconds(30),
          Duration.ofSeconds(10),
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

  /** The pause after that many failures in a row. */
  public Duration pause(int failures) {
    Duration pause = firstPause;
    for (int i = 1; i < failures && pause.compareTo(longestPause) < 0; i++) {
      pause = pause.multipliedBy(2);
    }
    return pause.compareTo(longestPause) < 0 ? pause : longestPause;
  }
}
