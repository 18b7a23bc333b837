package io.telecomllm.inference.serving;

import io.telecomllm.Internal;
import io.telecomllm.Interrupts;
import io.telecomllm.generation.Decoding;
import io.telecomllm.generation.GenerationPass;
import io.telecomllm.generation.GenerationPass.Read;
import io.telecomllm.generation.GenerationPass.Row;
import io.telecomllm.generation.Slot;
import io.telecomllm.model.KvCache;
import io.telecomllm.model.LanguageModel;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Slots of one cache whose texts share each pass: a text joins when there is room, takes a step in
 * every pass, and leaves when it ends (continuous batching, Yu et al. 2022). Texts that find no
 * room wait, the one that came first before the others.
 */
@Internal
public final class SharedSlots implements Slot.Source, AutoCloseable {
  private final LanguageModel model;
  private final GenerationPass pass;
  private final int most;
  private final int capacity;
  private final Gathering<Row, Optional<Read>> passes;
  private final Deque<Object> line = new ArrayDeque<>();
  // guards the cache, which is for one thread at a time
  private final ReentrantLock cacheLock = new ReentrantLock();
  private @Nullable KvCache cache;
  private int taken;
  private int reserved;

  /**
   * Creates slots; their cache is made for the first text.
   *
   * @param most the most texts at a time
   * @param capacity the most tokens of all texts together, at least the context length
   */
  public SharedSlots(LanguageModel model, GenerationPass pass, int most, int capacity) {
    this.model = model;
    this.pass = pass;
    this.most = most;
    this.capacity = capacity;
    // no call is without a thread that waits for it
    this.passes =
        new Gathering<>(1, most, row -> 1, this::read, task -> {}, Optional.empty(), this::texts);
  }

  private List<Optional<Read>> read(List<Row> rows) {
    cacheLock.lock();
    try {
      return pass.run(rows, cache());
    } finally {
      cacheLock.unlock();
    }
  }

  private KvCache cache() {
    KvCache held = cache;
    if (held == null) {
      // one more, since a cache begins with an empty sequence
      held = model.network().newCache(capacity, most + 1);
      cache = held;
    }
    return held;
  }

  @Override
  public Slot take(int[] prompt, int room) {
    reserve(room);
    int sequence;
    cacheLock.lock();
    try {
      sequence = cache().add();
    } catch (RuntimeException e) {
      release(room);
      throw e;
    } finally {
      cacheLock.unlock();
    }
    return new Slot() {
      private boolean closed;

      @Override
      public int cached() {
        return 0;
      }

      @Override
      public void step(Decoding decoding) {
        passes.call(new Row(decoding, sequence)).ifPresent(decoding::advance);
      }

      @Override
      public void close() {
        if (!closed) {
          closed = true;
          drop(sequence);
          release(room);
        }
      }
    };
  }

  private void drop(int sequence) {
    cacheLock.lock();
    try {
      cache().drop(sequence);
    } finally {
      cacheLock.unlock();
    }
  }

  private synchronized void reserve(int room) {
    Object place = new Object();
    line.add(place);
    try {
      while (line.element() != place || taken == most || reserved + room > capacity) {
        wait();
      }
    } catch (InterruptedException e) {
      throw Interrupts.cancelled("interrupted while waiting for one of " + most + " slots", e);
    } finally {
      line.remove(place);
      notifyAll();
    }
    taken++;
    reserved += room;
  }

  private synchronized int texts() {
    return taken;
  }

  private synchronized void release(int room) {
    taken--;
    reserved -= room;
    notifyAll();
  }

  /** Frees the cache; no text may be in it. */
  @Override
  public void close() {
    cacheLock.lock();
    try {
      if (cache != null) {
        cache.close();
        cache = null;
      }
    } finally {
      cacheLock.unlock();
    }
  }
}
