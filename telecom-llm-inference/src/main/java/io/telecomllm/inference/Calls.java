package io.telecomllm.inference;

import static java.util.Objects.requireNonNull;

import io.telecomllm.inference.serving.Admission;
import io.telecomllm.inference.serving.Cancellable;
import io.telecomllm.inference.serving.Deadline;
import io.telecomllm.inference.serving.TimedCall;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.BiConsumer;
import java.util.function.BooleanSupplier;
import java.util.function.Function;

/**
 * The calls of an answerer: each is admitted, has a time by which it must begin, and is told of to
 * the listeners.
 */
record Calls(
    Admission admission,
    AnswerListeners listeners,
    Optional<Duration> patience,
    Deadline deadline) {
  static Calls of(AnswererBuilder settings) {
    return new Calls(
        new Admission(settings.calls), new AnswerListeners(), settings.patience, Deadline.NONE);
  }

  /** Returns these calls with another deadline. */
  Calls until(Deadline other) {
    return new Calls(admission, listeners, patience, other);
  }

  TimedCall timing() {
    return new TimedCall(deadline, patience);
  }

  /** Makes a call, and tells the listeners if it fails. */
  <T> T make(Function<TimedCall, T> work) {
    TimedCall timing = timing();
    return listeners.call(() -> admission.call(() -> work.apply(timing)));
  }

  /** Ends a text with an exception once the answerer is closed. */
  BooleanSupplier whenOpen(BooleanSupplier cancelled) {
    requireNonNull(cancelled, "cancelled is null");
    return () -> {
      admission.requireOpen();
      return cancelled.getAsBoolean();
    };
  }

  /** The work of a call on another thread, which completes the future or fails. */
  @FunctionalInterface
  interface Work<T> {
    /** Returns what ends when nothing of it is left, which makes room for another call. */
    CompletableFuture<?> begin(CompletableFuture<T> future, TimedCall timing);
  }

  /**
   * Makes a call on another thread; the future fails as soon as it is late.
   *
   * @param told is told of the result
   */
  <T> CompletableFuture<T> async(Executor threads, BiConsumer<T, Duration> told, Work<T> work) {
    CompletableFuture<T> future = new Cancellable<>();
    TimedCall timing = timing();
    CompletableFuture<?> watch =
        listeners.call(
            () -> {
              admission.enter();
              return timing.watch(future::completeExceptionally);
            });
    var unused =
        future.whenComplete(
            (done, failure) -> {
              watch.cancel(false);
              if (failure == null) {
                told.accept(done, timing.elapsed());
              } else {
                listeners.failed(failure);
              }
            });
    try {
      threads.execute(() -> begin(future, timing, work));
    } catch (RuntimeException | Error e) {
      admission.leave();
      future.completeExceptionally(e);
    }
    return future;
  }

  private <T> void begin(CompletableFuture<T> future, TimedCall timing, Work<T> work) {
    CompletableFuture<?> end = future;
    try {
      if (!future.isDone()) {
        end = work.begin(future, timing);
      }
    } catch (RuntimeException | Error e) {
      future.completeExceptionally(e);
    } finally {
      var unused = end.whenComplete((done, failure) -> admission.leave());
    }
  }
}
