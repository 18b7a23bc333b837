package io.telecomllm.inference.serving;

import static com.google.common.base.Preconditions.checkState;

import io.telecomllm.BusyException;
import io.telecomllm.Internal;
import java.util.concurrent.Semaphore;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.Supplier;

/** Lets calls in until they are too many or a closing begins, which waits for those that are in. */
@Internal
public final class Admission {
  private static final String CLOSED = "the answerer is closed";

  private final int most;
  private final Semaphore free;
  // a running call holds the read lock, so that closing cannot free what it uses
  private final ReentrantReadWriteLock lock = new ReentrantReadWriteLock();
  private volatile boolean closed;

  /**
   * Creates an open admission.
   *
   * @param most the most calls at a time
   */
  public Admission(int most) {
    this.most = most;
    this.free = new Semaphore(most);
  }

  /**
   * Makes a call.
   *
   * @throws BusyException if there are too many
   * @throws IllegalStateException if it is closed
   */
  public <T> T call(Supplier<T> work) {
    enter();
    try {
      return use(work);
    } finally {
      leave();
    }
  }

  /** Returns the number of calls that are in. */
  public int calls() {
    return most - free.availablePermits();
  }

  /** Begins a call that ends with {@link #leave}; see {@link #call}. */
  public void enter() {
    requireOpen();
    if (!free.tryAcquire()) {
      throw new BusyException(
          "the answerer has " + most + " calls already, the most it takes; try again later");
    }
  }

  /** Ends a call. */
  public void leave() {
    free.release();
  }

  /**
   * Waits until no call is in; those that come meanwhile are turned away as too many. For a caller
   * that lets none come.
   */
  public void drain() {
    free.acquireUninterruptibly(most);
    free.release(most);
  }

  /** Uses what closing frees; for a call that is in. */
  public <T> T use(Supplier<T> work) {
    lock.readLock().lock();
    try {
      requireOpen();
      return work.get();
    } finally {
      lock.readLock().unlock();
    }
  }

  /**
   * Uses what closing frees, for calls whose own threads may be waiting for it: so it does not wait
   * for a closing that waits for those.
   */
  public <T> T useAtOnce(Supplier<T> work) {
    checkState(lock.readLock().tryLock(), CLOSED);
    try {
      requireOpen();
      return work.get();
    } finally {
      lock.readLock().unlock();
    }
  }

  /** Checks that it is open. */
  public void requireOpen() {
    checkState(!closed, CLOSED);
  }

  /**
   * Closes it, waits for what is in use, and frees it. A thread that is using it, such as one that
   * calls a listener, does not wait for itself: then another frees it as soon as that is possible.
   */
  public void close(Runnable freeing) {
    closed = true;
    if (lock.getReadHoldCount() > 0) {
      Thread later = new Thread(() -> free(freeing), "telecom-answerer-closing");
      later.setDaemon(true);
      later.start();
    } else {
      free(freeing);
    }
  }

  private void free(Runnable freeing) {
    lock.writeLock().lock();
    try {
      freeing.run();
    } finally {
      lock.writeLock().unlock();
    }
  }
}
