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
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Slots of one cache whose texts share each pass: a text joins when there is room, takes a step in
 * every pass, and leaves when it ends (continuous batching, Yu et al. 2022). Texts that find no
 * room wait, the one that came first before the others. The tokens of a text that has left stay as
 * long as nobody needs their place: a prompt that begins with them, such as the next turn of a
 * conversation, does not read them again.
 */
@Internal
public final class SharedSlots implements Slot.Source, AutoCloseable {
  /** How often one that waits for room asks whether it is cancelled. */
  private static final long POLL_MILLIS = 50;

  /** A text that missed as many passes is not waited for: its reader is slow. */
  private static final int RECENT = 2;

  private final LanguageModel model;
  private final GenerationPass pass;
  private final int most;
  private final int capacity;
  private final Gathering<Row, Optional<Read>> passes;
  private final Deque<Object> line = new ArrayDeque<>();
  // the sequences of texts that have left, the oldest first
  private final Deque<Integer> kept = new ArrayDeque<>();
  // the number of the last pass that each text took
  private final Map<Integer, Long> steps = new ConcurrentHashMap<>();
  private final AtomicLong passNumber = new AtomicLong();
  // guards the cache, which is for one thread at a time
  private final ReentrantLock cacheLock = new ReentrantLock();
  private @Nullable KvCache cache;
  private int taken;
  private int reserved;

  /**
   * Creates slots; their cache is made for the first text.
   *
   * @param most the most texts at a time
   * @param capacity the most tokens of all texts together; one that needs more has a cache of its
   *     own
   */
  public SharedSlots(LanguageModel model, GenerationPass pass, int most, int capacity) {
    this.model = model;
    this.pass = pass;
    this.most = most;
    this.capacity = capacity;
    // no call is without a thread that waits for it
    this.passes = new Gathering<>(1, most, row -> 1, this::read, task -> {}, this::texts);
  }

  private List<Optional<Read>> read(List<Row> rows) {
    cacheLock.lock();
    try {
      long number = passNumber.incrementAndGet();
      rows.forEach(row -> steps.put(row.sequence(), number));
      return pass.run(rows, cache());
    } finally {
      cacheLock.unlock();
    }
  }

  private KvCache cache() {
    KvCache held = cache;
    if (held == null) {
      // as many kept texts, and one more, since a cache begins with an empty sequence
      held = model.network().newCache(capacity, 2 * most + 1);
      cache = held;
    }
    return held;
  }

  @Override
  public Optional<Slot> take(int[] prompt, int room, BooleanSupplier cancelled) {
    boolean large = room > capacity;
    int own = large ? 0 : room;
    if (!reserve(own, cancelled)) {
      return Optional.empty();
    }
    boolean taken = false;
    try {
      Slot slot = large ? alone(prompt, room, cancelled) : shared(prompt, own);
      taken = true;
      return Optional.of(slot);
    } finally {
      if (!taken) {
        release(own);
      }
    }
  }

  private Slot shared(int[] prompt, int room) {
    cacheLock.lock();
    try {
      // a prefix that is shared stays, whatever is forgotten then
      int sequence = begin(prompt);
      makeRoom(0);
      steps.put(sequence, pass());
      return new SharedSlot(sequence, cache().length(sequence), room);
    } finally {
      cacheLock.unlock();
    }
  }

  /** Returns a slot with a cache of its own. */
  private Slot alone(int[] prompt, int room, BooleanSupplier cancelled) {
    return GenerationPass.alone(model, pass)
        .take(prompt, room, cancelled)
        .orElseThrow()
        .thenClosing(() -> release(0));
  }

  /** Begins a sequence with what a kept text has in common with the prompt. */
  private int begin(int[] prompt) {
    // a prompt keeps a token to read
    int[] beginning = Arrays.copyOf(prompt, prompt.length - 1);
    KvCache held = cache();
    int best = 0;
    int common = 0;
    for (int text : kept) {
      int own = held.common(text, beginning);
      best = own > common ? text : best;
      common = Math.max(own, common);
    }
    return common == 0 ? held.add() : held.fork(best, common);
  }

  /**
   * Forgets kept texts, the oldest first, until there is room for all that is reserved.
   *
   * @param leaving what is reserved for a text that is kept already
   */
  private void makeRoom(int leaving) {
    int needed = reserved() - leaving;
    int held = kept.stream().mapToInt(cache()::length).sum();
    while (!kept.isEmpty() && (kept.size() > most || held + needed > capacity)) {
      int oldest = kept.remove();
      held -= cache().length(oldest);
      cache().drop(oldest);
    }
  }

  /** The slot of one text. */
  private final class SharedSlot implements Slot {
    private final int sequence;
    private final int cached;
    private final int room;
    private @Nullable Decoding last;
    private boolean closed;

    SharedSlot(int sequence, int cached, int room) {
      this.sequence = sequence;
      this.cached = cached;
      this.room = room;
    }

    @Override
    public int cached() {
      return cached;
    }

    @Override
    public void step(Decoding decoding) {
      last = decoding;
      passes.call(new Row(decoding, sequence), TimedCall.UNTIMED).ifPresent(decoding::advance);
    }

    @Override
    public void close() {
      if (!closed) {
        closed = true;
        try {
          keep(sequence, room, last);
        } finally {
          release(room);
        }
      }
    }
  }

  private void keep(int sequence, int room, @Nullable Decoding last) {
    cacheLock.lock();
    try {
      steps.remove(sequence);
      KvCache held = cache();
      // without guesses that were wrong, or that nobody has looked at
      int length = last == null ? 0 : Math.min(held.length(sequence), last.read());
      if (length == 0) {
        held.drop(sequence);
        return;
      }
      held.truncate(sequence, length);
      kept.add(sequence);
      makeRoom(room);
    } finally {
      cacheLock.unlock();
    }
  }

  /** Waits for a place and this room; returns false if it was cancelled before. */
  private synchronized boolean reserve(int room, BooleanSupplier cancelled) {
    Object place = new Object();
    line.add(place);
    try {
      while (line.element() != place || taken == most || reserved + room > capacity) {
        if (cancelled.getAsBoolean()) {
          return false;
        }
        wait(POLL_MILLIS);
      }
      taken++;
      reserved += room;
      return true;
    } catch (InterruptedException e) {
      throw Interrupts.cancelled("interrupted while waiting for one of " + most + " slots", e);
    } finally {
      line.remove(place);
      notifyAll();
    }
  }

  private synchronized int reserved() {
    return reserved;
  }

  /** Returns the number of texts that took one of the last passes and are not busy elsewhere. */
  private int texts() {
    long recent = passNumber.get() - RECENT;
    return (int) steps.values().stream().filter(number -> number >= recent).count();
  }

  private long pass() {
    return passNumber.get();
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
        kept.clear();
      }
    } finally {
      cacheLock.unlock();
    }
  }
}
