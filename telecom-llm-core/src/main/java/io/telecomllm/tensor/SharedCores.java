package io.telecomllm.tensor;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * How many threads a computation should have on cores that others use too. The threads of one
 * computation wait for each other at each operator, so one that has no core holds up all; a single
 * thread is only as slow as its share of a core. Figures are in docs/guide/in-a-server.md.
 *
 * <p>What others use is seen in the computing threads themselves: Linux counts how long a thread
 * could have run but had no core. Fewer threads follow at once; more are tried after a pause, which
 * doubles when a trial fails. Nothing is measured while nothing computes, and no thread is needed.
 */
final class SharedCores {
  /** Time on a core and time waiting for one, in nanoseconds, and a number that is not read. */
  private static final Path SCHEDULED = Path.of("/proc/thread-self/schedstat");

  private static final long WINDOW = TimeUnit.MILLISECONDS.toNanos(40);
  private static final long FIRST_PAUSE = TimeUnit.MILLISECONDS.toNanos(100);
  private static final long LONGEST_PAUSE = TimeUnit.MILLISECONDS.toNanos(1600);

  /**
   * How often in a row threads must be seen waiting before there are fewer; less can be the virtual
   * machine's own threads. Once is enough after more threads were tried.
   */
  private static final int LASTING = 3;

  /** A reading of one thread's times. */
  record Times(long running, long waiting) {}

  /** Where a thread stands; each thread has its own. */
  private static final class Reading {
    private long due;
    private @Nullable Times last;
  }

  private final int cores;
  private final double oneBusy;
  private final ThreadLocal<Reading> readings = ThreadLocal.withInitial(Reading::new);
  private final AtomicBoolean deciding = new AtomicBoolean();
  private volatile int threads;
  private long pause = FIRST_PAUSE;
  private long nextTrial;
  private boolean trial;
  private int busy;

  SharedCores(int cores) {
    this.cores = cores;
    // beside one busy thread, cores + 1 threads share the cores
    this.oneBusy = 1.0 / (cores + 1);
    this.threads = cores;
  }

  /** Returns whether the system tells what this needs. */
  static boolean known() {
    return times() != null;
  }

  /** Returns the number of threads for the next operator of the calling thread. */
  int threads() {
    long now = System.nanoTime();
    Reading reading = readings.get();
    if (now - reading.due >= 0) {
      reading.due = now + WINDOW;
      Times times = times();
      if (times != null && reading.last != null) {
        seen(reading.last, times, now);
      }
      reading.last = times;
    }
    return threads;
  }

  /** Returns the number of threads without a new reading. */
  int latest() {
    return threads;
  }

  /** Takes account of what a computing thread has seen between two readings. */
  void seen(Times before, Times after, long now) {
    long running = after.running() - before.running();
    long waiting = after.waiting() - before.waiting();
    // a thread that computed little in the window has seen little
    if (2 * (running + waiting) < WINDOW || !deciding.compareAndSet(false, true)) {
      return;
    }
    try {
      decide((double) waiting / (running + waiting), now);
    } finally {
      deciding.set(false);
    }
  }

  private void decide(double share, long now) {
    busy = share > oneBusy * 2 / 3 ? busy + 1 : 0;
    if (busy >= (trial ? 1 : LASTING) && threads > 1) {
      // all threads that want a core, of which this one gets 1 - share
      double wanting = cores / (1 - share);
      threads = (int) Math.max(1, Math.min(threads - 1, cores - Math.round(wanting - threads)));
      pause = trial ? Math.min(2 * pause, LONGEST_PAUSE) : FIRST_PAUSE;
      trial = false;
      nextTrial = now + pause;
      busy = 0;
    } else if (share < oneBusy / 3 && now - nextTrial >= 0) {
      if (trial) {
        pause = FIRST_PAUSE; // the last trial has lasted
      }
      trial = threads < cores;
      if (trial) {
        threads = Math.min(cores, threads + Math.max(1, (cores - threads) / 2));
        nextTrial = now + pause;
      }
    }
  }

  private static @Nullable Times times() {
    try {
      String[] fields = Files.readString(SCHEDULED).trim().split(" ", 3);
      return new Times(Long.parseLong(fields[0]), Long.parseLong(fields[1]));
    } catch (IOException | NumberFormatException | ArrayIndexOutOfBoundsException e) {
      return null; // another system, or a kernel without these counts
    }
  }
}
