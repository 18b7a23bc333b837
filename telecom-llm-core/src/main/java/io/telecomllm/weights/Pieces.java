package io.telecomllm.weights;

import static com.google.common.base.Preconditions.checkArgument;

import io.telecomllm.Internal;
import io.telecomllm.tensor.Threads;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;

/**
 * Divides work into pieces for several threads, so that reading and computing overlap. {@link
 * Threads#count()} threads take part, the calling one among them; the others end before the call
 * returns.
 */
@Internal
public final class Pieces {
  private Pieces() {}

  /** The work of one thread, which may keep its buffers from piece to piece. */
  @FunctionalInterface
  public interface Worker {
    /** Processes {@code count} items from {@code first} on. */
    void work(long first, int count);
  }

  /**
   * Processes the items 0 to {@code total - 1}. After a failure no further piece is started, and
   * the first failure is thrown.
   *
   * @param total the number of items
   * @param step the number of items in a piece; the last piece may have fewer
   * @param workers creates a worker for each thread, in that thread
   */
  public static void each(long total, int step, Supplier<Worker> workers) {
    checkArgument(step > 0, "step is %s, must be positive", step);
    long pieces = (total + step - 1) / step;
    int threads = (int) Math.min(pieces, Threads.count());
    AtomicLong next = new AtomicLong();
    AtomicReference<Throwable> failure = new AtomicReference<>();
    Runnable loop =
        () -> {
          try {
            Worker worker = workers.get();
            for (long i = next.getAndIncrement();
                i < pieces && failure.get() == null;
                i = next.getAndIncrement()) {
              worker.work(i * step, (int) Math.min(step, total - i * step));
            }
          } catch (Throwable e) {
            failure.compareAndSet(null, e);
          }
        };
    List<Thread> others = new ArrayList<>();
    for (int i = 1; i < threads; i++) {
      Thread thread = new Thread(loop, "telecom-llm-pieces-" + i);
      thread.setDaemon(true);
      thread.start();
      others.add(thread);
    }
    loop.run();
    others.forEach(Pieces::joined);
    rethrow(failure.get());
  }

  /**
   * Waits for a thread; an interrupt does not end the wait, since the threads write to shared
   * memory.
   */
  private static void joined(Thread thread) {
    boolean interrupted = false;
    while (thread.isAlive()) {
      try {
        thread.join();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private static void rethrow(@org.jspecify.annotations.Nullable Throwable failure) {
    if (failure instanceof Error error) {
      throw error;
    }
    if (failure instanceof RuntimeException exception) {
      throw exception;
    }
  }
}
