package io.telecomllm.inference.serving;

import io.telecomllm.Internal;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * A future whose end ends the work behind it, also that of a future derived from it: to cancel
 * {@code answerAsync(q).thenApply(f)}, or let it time out, cancels the answer.
 */
@Internal
public final class Cancellable<T> extends CompletableFuture<T> {
  private final @Nullable CompletableFuture<?> source;

  /** Creates a future that nothing is behind. */
  public Cancellable() {
    this(null);
  }

  private Cancellable(@Nullable CompletableFuture<?> source) {
    this.source = source;
  }

  @Override
  public <U> CompletableFuture<U> newIncompleteFuture() {
    return new Cancellable<>(this);
  }

  @Override
  public boolean cancel(boolean mayInterruptIfRunning) {
    boolean cancelled = super.cancel(mayInterruptIfRunning);
    if (cancelled && source != null) {
      source.cancel(mayInterruptIfRunning);
    }
    return cancelled;
  }

  @Override
  public boolean completeExceptionally(Throwable failure) {
    boolean completed = super.completeExceptionally(failure);
    // as orTimeout does
    if (completed && source != null && failure instanceof TimeoutException) {
      source.cancel(true);
    }
    return completed;
  }
}
