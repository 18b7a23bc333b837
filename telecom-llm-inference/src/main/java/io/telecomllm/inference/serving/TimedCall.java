package io.telecomllm.inference.serving;

import static java.util.concurrent.TimeUnit.NANOSECONDS;

import io.telecomllm.DeadlineException;
import io.telecomllm.Internal;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;

/**
 * A call that must begin in time and, if it is a text, end in time. It is late if the model has not
 * begun with it when its deadline passes, and then never begins. Safe for use by several threads.
 */
@Internal
public final class TimedCall {
  /** A call without a deadline. */
  public static final TimedCall UNTIMED = new TimedCall(Deadline.NONE, Optional.empty());

  private enum Stage {
    WAITING,
    BEGUN,
    LATE
  }

  private final AtomicReference<Stage> stage = new AtomicReference<>(Stage.WAITING);
  private final long made = System.nanoTime();
  private final Deadline start;
  private final Deadline end;

  /**
   * Makes a call.
   *
   * @param end when it must have begun and, if it is a text, ends
   * @param patience how long it waits at most until it begins; empty for any time
   */
  public TimedCall(Deadline end, Optional<Duration> patience) {
    this.end = end;
    this.start = end.orEarlier(patience.map(Deadline::waiting).orElse(Deadline.NONE));
  }

  /** Begins, unless it is late; returns whether it has begun. */
  public boolean begin() {
    if (!start.passed()) {
      stage.compareAndSet(Stage.WAITING, Stage.BEGUN);
    }
    return !late();
  }

  /** Returns whether it is late, which it becomes once it may not begin any more. */
  private boolean late() {
    if (start.passed()) {
      stage.compareAndSet(Stage.WAITING, Stage.LATE);
    }
    return stage.get() == Stage.LATE;
  }

  /** Returns the time since it was made. */
  public Duration elapsed() {
    return Duration.ofNanos(System.nanoTime() - made);
  }

  /** Returns how long it may still wait, in nanoseconds; not over 0 if it may not. */
  long left() {
    return start.left();
  }

  /**
   * Checks that it is not late.
   *
   * @throws DeadlineException if it is
   */
  public void check() {
    if (late()) {
      throw failure();
    }
  }

  /** Returns what a late call fails with. */
  private DeadlineException failure() {
    return new DeadlineException(start.missed());
  }

  /**
   * Returns whether a text that has begun must end.
   *
   * @throws DeadlineException if it is late
   */
  public boolean ended() {
    check();
    return end.passed();
  }

  /**
   * Does something as soon as it is late, on a thread of the common pool.
   *
   * @return what ends the watch when it is completed
   */
  public CompletableFuture<?> watch(Consumer<DeadlineException> action) {
    CompletableFuture<?> timer = new CompletableFuture<>();
    if (start.set()) {
      // a timer's own thread serves the whole process
      var unused =
          timer
              .orTimeout(Math.max(0, left()), NANOSECONDS)
              .whenCompleteAsync(
                  (done, timeout) -> {
                    if (timeout != null && late()) {
                      action.accept(failure());
                    }
                  });
    }
    return timer;
  }
}
