package io.telecomllm.inference.audit;

import com.google.common.util.concurrent.MoreExecutors;
import com.google.common.util.concurrent.ThreadFactoryBuilder;
import io.telecomllm.StorageException;
import io.telecomllm.files.Disk;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Forces what was written to the disk: at once, from time to time on a thread of its own, or never.
 * Safe for use by several threads.
 */
final class Forcing implements AutoCloseable {
  private static final Duration LONGEST_CLOSE = Duration.ofMinutes(1);

  private final Disk disk;
  private final Optional<Duration> every;
  private final Optional<ScheduledExecutorService> thread;
  private final Set<Path> waiting = new LinkedHashSet<>();
  private @Nullable RuntimeException failure;

  /** Creates one as {@link AuditSettings#force} says. */
  Forcing(Disk disk, Optional<Duration> every) {
    this.disk = disk;
    this.every = every;
    thread = every.filter(time -> !time.isZero()).map(this::start);
  }

  private ScheduledExecutorService start(Duration time) {
    ScheduledExecutorService started =
        Executors.newSingleThreadScheduledExecutor(
            new ThreadFactoryBuilder().setNameFormat("audit-log-%d").setDaemon(true).build());
    long nanos = time.toNanos();
    var unused =
        started.scheduleWithFixedDelay(this::forceLater, nanos, nanos, TimeUnit.NANOSECONDS);
    return started;
  }

  /** Notes that a file or a folder has changed. */
  void written(Path path) {
    if (every.isEmpty()) {
      return;
    }
    synchronized (this) {
      waiting.add(path);
    }
    if (thread.isEmpty()) {
      force();
    }
  }

  private void forceLater() {
    try {
      force();
    } catch (RuntimeException e) {
      synchronized (this) {
        failure = e;
      }
    }
  }

  /** Forces what has changed, without holding up who writes. */
  private void force() {
    List<Path> paths;
    synchronized (this) {
      paths = List.copyOf(waiting);
      waiting.clear();
    }
    try {
      paths.forEach(disk::force);
    } catch (RuntimeException e) {
      synchronized (this) {
        waiting.addAll(paths);
      }
      throw e;
    }
  }

  /**
   * Tells once of a failure of the thread.
   *
   * @throws StorageException if records of earlier answers did not reach the disk in time
   */
  synchronized void check() {
    RuntimeException failed = failure;
    failure = null;
    if (failed != null) {
      throw new StorageException(
          "earlier audit records are not on the disk: " + failed.getMessage(), failed);
    }
  }

  /** Ends the thread, and forces what is left. */
  @Override
  public void close() {
    thread.ifPresent(started -> MoreExecutors.shutdownAndAwaitTermination(started, LONGEST_CLOSE));
    force();
  }
}
