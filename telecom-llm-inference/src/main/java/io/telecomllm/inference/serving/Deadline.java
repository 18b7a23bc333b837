package io.telecomllm.inference.serving;

import static java.util.Objects.requireNonNull;

import io.telecomllm.Internal;
import java.time.Duration;
import java.time.Instant;

/**
 * A time until which something must have happened; later changes of the clock do not move it.
 * Immutable.
 *
 * @param set whether there is one
 * @param nanoTime the time by {@link System#nanoTime}
 * @param missed what to say when it has passed
 */
@Internal
public record Deadline(boolean set, long nanoTime, String missed) {
  /** Any time. */
  public static final Deadline NONE = new Deadline(false, 0, "");

  /** Nanoseconds of a long reach 292 years. */
  private static final Duration FARTHEST = Duration.ofDays(36_500);

  /** Returns the deadline at an instant, which may be past; one after 100 years is at 100 years. */
  public static Deadline at(Instant instant) {
    requireNonNull(instant, "deadline is null");
    return after(
        Duration.between(Instant.now(), instant),
        "the deadline " + instant + " passed before the model began");
  }

  /** Returns the deadline after a time to wait for the model. */
  static Deadline waiting(Duration patience) {
    return after(patience, "waited " + patience + " for the model, which other calls keep busy");
  }

  private static Deadline after(Duration time, String missed) {
    Duration from = time.compareTo(FARTHEST.negated()) < 0 ? FARTHEST.negated() : time;
    Duration near = from.compareTo(FARTHEST) > 0 ? FARTHEST : from;
    return new Deadline(true, System.nanoTime() + near.toNanos(), missed);
  }

  /** Returns the earlier one. */
  Deadline orEarlier(Deadline other) {
    return left() <= other.left() ? this : other;
  }

  /** Returns the time that is left, in nanoseconds; not over 0 once it has passed. */
  long left() {
    return set ? nanoTime - System.nanoTime() : Long.MAX_VALUE;
  }

  /** Returns whether it has passed. */
  boolean passed() {
    return left() <= 0;
  }
}
