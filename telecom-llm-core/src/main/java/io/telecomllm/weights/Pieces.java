package io.telecomllm.weights;

import static com.google.common.base.Preconditions.checkArgument;

import io.telecomllm.tensor.Threads;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;

/**
 * Work cut into pieces that several threads take in turn. The caller's thread is one of them, the
 * others end before the call does; there are as many as {@link Threads#count()}. So reading and
 * computing overlap, and nothing lingers.
 */
public final class Pieces {
  private Pieces() {}

  /** What one thread does; it may keep buffers from piece to piece. */
  @FunctionalInterface
  public interface Worker {
    /** Does the items from {@code first} on. */
    void work(long first, int count);
  }

  /**
   * Does all items from 0 to {@code total}. After a failure no further piece begins, and the first
   * failure is thrown.
   *
   * @param step the items of a piece; the last may have fewer
   * @param workers makes a worker for each thread, in that thread
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

  /** The others write into the caller's memory, so an interrupt cannot cut the wait short. */
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
