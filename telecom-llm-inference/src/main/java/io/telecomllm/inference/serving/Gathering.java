package io.telecomllm.inference.serving;

import static java.util.concurrent.TimeUnit.NANOSECONDS;

import io.telecomllm.DeadlineException;
import io.telecomllm.Internal;
import io.telecomllm.Interrupts;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
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
 * not fail for another.
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
  private final Optional<Duration> patience;
  private final IntSupplier company;
  private final Deque<Item<I, O>> waiting = new ArrayDeque<>();
  private int running;
  private long ended = System.nanoTime() - LINGER;

  /** A call. */
  private static final class Item<I, O> {
    final I input;
    final CompletableFuture<O> output;
    boolean taken;

    Item(I input, CompletableFuture<O> output) {
      this.input = input;
      this.output = output;
    }
  }

  /**
   * Creates a gathering without calls.
   *
   * @param passes the most passes at a time
   * @param most the most that a pass takes, by the sizes of its calls; a larger call has its own
   * @param size the size of a call
   * @param work answers calls, in their order
   * @param executor makes the passes of calls that no thread waits for
   * @param patience how long a thread waits at most until its call is taken; empty for any time
   * @param company the number of calls that are likely to come soon after a pass, such as the next
   *     steps of those that it answered; 0 for none
   */
  public Gathering(
      int passes,
      int most,
      ToIntFunction<I> size,
      Function<List<I>, List<O>> work,
      Executor executor,
      Optional<Duration> patience,
      IntSupplier company) {
    this.company = company;
    this.passes = passes;
    this.most = most;
    this.size = size;
    this.work = work;
    this.executor = executor;
    this.patience = patience;
  }

  /**
   * Calls and waits.
   *
   * @throws CancellationException if the thread is interrupted before the call is taken; it stays
   *     interrupted
   * @throws DeadlineException if the call is not taken in time
   */
  public O call(I input) {
    Interrupts.check("interrupted before the model read the input");
    Item<I, O> item = new Item<>(input, new CompletableFuture<>());
    add(item);
    long start = System.nanoTime();
    while (true) {
      List<Item<I, O>> batch = batchOrDone(item, start);
      if (batch.isEmpty()) {
        return result(item);
      }
      run(batch);
    }
  }

  /** Calls without waiting; a future that is completed before the call is taken withdraws it. */
  public void submit(I input, CompletableFuture<O> output) {
    add(new Item<>(input, output));
    schedule();
  }

  private void schedule() {
    try {
      executor.execute(this::help);
    } catch (RejectedExecutionException e) {
      // it was shut down; nobody else may come for the calls that are left
      help();
    }
  }

  private synchronized void add(Item<I, O> item) {
    waiting.add(item);
    // one that waits for company
    notifyAll();
  }

  private static <O> O result(Item<?, O> item) {
    try {
      return item.output.join();
    } catch (CompletionException e) {
      if (e.getCause() instanceof RuntimeException failure) {
        throw failure;
      }
      if (e.getCause() instanceof Error failure) {
        throw failure;
      }
      throw e;
    }
  }

  /** Waits until there is a pass to make, or the item is done and nothing is returned. */
  private synchronized List<Item<I, O>> batchOrDone(Item<I, O> item, long start) {
    boolean interrupted = false;
    try {
      while (!item.output.isDone()) {
        boolean free = !item.taken && running < passes;
        long lonely = free ? lonely() : 0;
        if (free && lonely <= 0) {
          return take();
        }
        try {
          if (free) {
            NANOSECONDS.timedWait(this, lonely);
          } else {
            await(item, start);
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

  @SuppressWarnings("WaitNotInLoop") // the caller's loop
  private void await(Item<I, O> item, long start) throws InterruptedException {
    if (item.taken || patience.isEmpty()) {
      wait();
      return;
    }
    long left = patience.get().toNanos() - (System.nanoTime() - start);
    if (left <= 0) {
      waiting.remove(item);
      throw new DeadlineException(
          "waited " + patience.get() + " for the model, which other calls keep busy");
    }
    NANOSECONDS.timedWait(this, left);
  }

  /** Takes the calls of a pass; they are not empty if the pass is for a call that waits. */
  private synchronized List<Item<I, O>> take() {
    List<Item<I, O>> batch = new ArrayList<>();
    int sum = 0;
    while (!waiting.isEmpty()) {
      Item<I, O> next = waiting.element();
      int own = size.applyAsInt(next.input);
      if (!next.output.isDone()) {
        if (!batch.isEmpty() && sum + own > most) {
          break;
        }
        next.taken = true;
        batch.add(next);
        sum += own;
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
      boolean more;
      synchronized (this) {
        running--;
        ended = System.nanoTime();
        more = !waiting.isEmpty();
        notifyAll();
      }
      if (more) {
        schedule();
      }
    }
  }

  private void answer(List<Item<I, O>> batch) {
    try {
      List<O> outputs = work.apply(batch.stream().map(item -> item.input).toList());
      for (int i = 0; i < batch.size(); i++) {
        batch.get(i).output.complete(outputs.get(i));
      }
    } catch (RuntimeException | Error e) {
      if (batch.size() == 1) {
        batch.get(0).output.completeExceptionally(e);
      } else {
        batch.forEach(item -> answer(List.of(item)));
      }
    }
  }

  /** Makes passes while there are calls and a pass is free. */
  private void help() {
    List<Item<I, O>> batch = next();
    while (batch != null) {
      run(batch);
      batch = next();
    }
  }

  private synchronized @Nullable List<Item<I, O>> next() {
    if (running == passes) {
      return null;
    }
    List<Item<I, O>> batch = take();
    return batch.isEmpty() ? null : batch;
  }
}
