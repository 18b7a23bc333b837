package io.telecomllm.inference.serving;

import static java.util.concurrent.TimeUnit.NANOSECONDS;

import io.telecomllm.DeadlineException;
import io.telecomllm.Internal;
import io.telecomllm.Interrupts;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Function;
import java.util.function.IntSupplier;
import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;

/**
 * Lets calls that wait at the same time go through the model in one pass. The threads that call do
 * the work: one that finds a free pass takes the calls that have waited longest, its own among them
 * or not, and answers them all. If a pass fails, each of its calls is tried alone, so that one does
 * not fail for another. What a future's user does with its result runs on the executor, after the
 * pass.
 *
 * @param <I> what a call brings
 * @param <O> what it gets
 */
@Internal
public final class Gathering<I, O> {
  /** How long after a pass the next one waits for calls that are likely to come, in nanoseconds. */
  private static final long LINGER = 4_000_000;

  private final int passes;
  private final int most;
  private final ToIntFunction<I> size;
  private final Function<List<I>, List<O>> work;
  private final Executor executor;
  private final IntSupplier company;
  private final Deque<Item<I, O>> waiting = new ArrayDeque<>();
  // an executor may run a task at once, in the middle of another's
  private final ThreadLocal<Boolean> helping = ThreadLocal.withInitial(() -> false);
  private int running;
  private long ended = System.nanoTime() - LINGER;

  /** A call; what changes is guarded by the gathering. */
  private static final class Item<I, O> {
    final I input;
    final TimedCall timing;
    final @Nullable CompletableFuture<O> future;
    boolean taken;
    boolean done;
    @Nullable O output;
    @Nullable Throwable failure;

    Item(I input, TimedCall timing, @Nullable CompletableFuture<O> future) {
      this.input = input;
      this.timing = timing;
      this.future = future;
    }

    boolean withdrawn() {
      return future != null && future.isDone();
    }

    @SuppressWarnings("NullAway") // an output may be what O allows
    void complete(CompletableFuture<O> to) {
      if (failure == null) {
        to.complete(output);
      } else {
        to.completeExceptionally(failure);
      }
    }
  }

  /**
   * Creates a gathering without calls.
   *
   * @param passes the most passes at a time
   * @param most the most that a pass takes, by the sizes of its calls; a larger call has its own
   * @param size the size of a call
   * @param work answers calls, in their order
   * @param executor makes the passes of calls that no thread waits for, and completes their futures
   * @param company the number of calls that are likely to come soon after a pass, such as the next
   *     steps of those that it answered; 0 for none
   */
  public Gathering(
      int passes,
      int most,
      ToIntFunction<I> size,
      Function<List<I>, List<O>> work,
      Executor executor,
      IntSupplier company) {
    this.passes = passes;
    this.most = most;
    this.size = size;
    this.work = work;
    this.executor = executor;
    this.company = company;
  }

  /**
   * Calls and waits.
   *
   * @param timing begins when a pass takes the call
   * @throws CancellationException if the thread is interrupted before the call is taken; it stays
   *     interrupted
   * @throws DeadlineException if the call is not taken in time
   */
  public O call(I input, TimedCall timing) {
    Interrupts.check("interrupted before the model read the input");
    Item<I, O> item = new Item<>(input, timing, null);
    add(item);
    boolean nested = helping.get();
    helping.set(true);
    try {
      List<Item<I, O>> batch = batchOrDone(item);
      while (!batch.isEmpty()) {
        run(batch);
        batch = batchOrDone(item);
      }
    } finally {
      helping.set(nested);
      // calls without a thread that this one would have helped
      if (hasFutures()) {
        schedule();
      }
    }
    return result(item);
  }

  /**
   * Calls without waiting; a future that is completed before the call is taken withdraws it.
   *
   * @param timing begins when a pass takes the call, which is left out if it is late; whoever made
   *     it completes the future then
   */
  public void submit(I input, TimedCall timing, CompletableFuture<O> future) {
    Item<I, O> item = new Item<>(input, timing, future);
    add(item);
    var unused = future.whenComplete((output, failure) -> withdraw(item));
    schedule();
  }

  private synchronized void add(Item<I, O> item) {
    waiting.add(item);
    // one that waits for company
    notifyAll();
  }

  private synchronized void withdraw(Item<I, O> item) {
    if (!item.taken) {
      waiting.remove(item);
    }
  }

  private synchronized boolean hasFutures() {
    return waiting.stream().anyMatch(item -> item.future != null);
  }

  private void schedule() {
    try {
      executor.execute(this::help);
    } catch (RejectedExecutionException e) {
      // it is full or shut down; nobody else may come for the calls that are left
      help();
    }
  }

  @SuppressWarnings("NullAway") // an output may be what O allows
  private static <O> O result(Item<?, O> item) {
    if (item.failure instanceof RuntimeException failure) {
      throw failure;
    }
    if (item.failure instanceof Error failure) {
      throw failure;
    }
    return item.output;
  }

  /** Waits until there is a pass to make, or the item is done and nothing is returned. */
  private synchronized List<Item<I, O>> batchOrDone(Item<I, O> item) {
    boolean interrupted = false;
    try {
      while (!item.done) {
        checkInTime(item);
        boolean free = !item.taken && running < passes;
        long lonely = free ? lonely() : 0;
        if (free && lonely <= 0) {
          List<Item<I, O>> batch = take();
          if (!batch.isEmpty()) {
            return batch;
          }
          // it was late
          continue;
        }
        try {
          if (free) {
            NANOSECONDS.timedWait(this, lonely);
          } else {
            await(item);
          }
        } catch (InterruptedException e) {
          if (!item.taken) {
            waiting.remove(item);
            throw Interrupts.cancelled("interrupted while waiting for the model", e);
          }
          // the pass that reads it ends by itself
          interrupted = true;
        }
      }
      return List.of();
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  /** Returns how long a pass waits for company, in nanoseconds; not over 0 if it does not. */
  private long lonely() {
    int expected = Math.min(company.getAsInt(), most);
    return waiting.size() >= expected ? 0 : LINGER - (System.nanoTime() - ended);
  }

  private void checkInTime(Item<I, O> item) {
    try {
      item.timing.check();
    } catch (DeadlineException e) {
      waiting.remove(item);
      throw e;
    }
  }

  @SuppressWarnings("WaitNotInLoop") // the caller's loop
  private void await(Item<I, O> item) throws InterruptedException {
    long left = item.taken ? Long.MAX_VALUE : item.timing.left();
    if (left == Long.MAX_VALUE) {
      wait();
    } else {
      NANOSECONDS.timedWait(this, Math.max(1, left));
    }
  }

  /** Takes the calls of a pass; none if all that wait were withdrawn or are late. */
  private synchronized List<Item<I, O>> take() {
    List<Item<I, O>> batch = new ArrayList<>();
    int sum = 0;
    while (!waiting.isEmpty()) {
      Item<I, O> next = waiting.element();
      if (!next.withdrawn()) {
        int own = size.applyAsInt(next.input);
        if (!batch.isEmpty() && sum + own > most) {
          break;
        }
        if (next.timing.begin()) {
          next.taken = true;
          batch.add(next);
          sum += own;
        }
      }
      waiting.remove();
    }
    running += batch.isEmpty() ? 0 : 1;
    return batch;
  }

  private void run(List<Item<I, O>> batch) {
    try {
      answer(batch);
    } finally {
      synchronized (this) {
        running--;
        ended = System.nanoTime();
        batch.forEach(item -> item.done = true);
        notifyAll();
      }
    }
    for (Item<I, O> item : batch) {
      CompletableFuture<O> future = item.future;
      if (future != null) {
        complete(item, future);
      }
    }
  }

  /** Completes a future without a pass or a lock of this being held. */
  private void complete(Item<I, O> item, CompletableFuture<O> future) {
    try {
      executor.execute(() -> item.complete(future));
    } catch (RejectedExecutionException e) {
      item.complete(future);
    }
  }

  private void answer(List<Item<I, O>> batch) {
    try {
      List<O> outputs = work.apply(batch.stream().map(item -> item.input).toList());
      for (int i = 0; i < batch.size(); i++) {
        batch.get(i).output = outputs.get(i);
      }
    } catch (RuntimeException | Error e) {
      if (batch.size() == 1) {
        batch.get(0).failure = e;
      } else {
        batch.forEach(item -> answer(List.of(item)));
      }
    }
  }

  /** Makes passes while there are calls and a pass is free. */
  private void help() {
    if (helping.get()) {
      // further out this thread goes on with whatever waits
      return;
    }
    helping.set(true);
    try {
      List<Item<I, O>> batch = next();
      while (!batch.isEmpty()) {
        run(batch);
        batch = next();
      }
    } finally {
      helping.set(false);
    }
  }

  private synchronized List<Item<I, O>> next() {
    return running == passes ? List.of() : take();
  }
}
