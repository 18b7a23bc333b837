package io.telecomllm.inference;

import static com.google.common.base.Preconditions.checkArgument;
import static com.google.common.base.Preconditions.checkState;
import static com.google.common.util.concurrent.Uninterruptibles.awaitUninterruptibly;
import static java.util.Objects.requireNonNull;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Answerers by name, one of which is in use: several adapters on one base model at the same time,
 * exchanged without losing a call. It owns the answerers, but not their model, whose weights they
 * share.
 *
 * <pre>{@code
 * try (Answerers answerers = new Answerers()) {
 *   answerers.add("monday", TelecomAnswerer.on(model).adapter(monday).build());
 *   answerers.activate("monday");
 *   answerers.use(answerer -> answerer.answer(question));
 *   // at night
 *   answerers.add("tuesday", TelecomAnswerer.on(model).adapter(tuesday).build());
 *   answerers.activate("tuesday"); // and back again: activate("monday")
 *   answerers.remove("monday");
 * }
 * }</pre>
 *
 * <p>Safe for use by several threads.
 */
public final class Answerers implements AutoCloseable {
  private final Map<String, Entry> entries = new LinkedHashMap<>();
  private @Nullable String active;
  private boolean closed;

  /** An answerer and the calls that hold it; guarded by the answerers. */
  private static final class Entry {
    final TelecomAnswerer answerer;
    final CountDownLatch unused = new CountDownLatch(1);
    int users;
    boolean removed;

    Entry(TelecomAnswerer answerer) {
      this.answerer = answerer;
    }
  }

  /** Adds an answerer, which this closes; it is not in use until it is activated. */
  public synchronized void add(String name, TelecomAnswerer answerer) {
    requireNonNull(name, "name is null");
    requireNonNull(answerer, "answerer is null");
    requireOpen();
    checkArgument(!name.isBlank(), "the name is blank");
    checkArgument(!entries.containsKey(name), "there is an answerer '%s' already", name);
    entries.put(name, new Entry(answerer));
  }

  /**
   * Puts an answerer in use. Calls that have begun go on with the one that was in use before.
   *
   * @throws IllegalArgumentException naming those that there are, if it is not among them
   */
  public synchronized void activate(String name) {
    entry(name);
    active = name;
  }

  /** Returns the name of the one in use; empty before one is activated. */
  public synchronized Optional<String> active() {
    return Optional.ofNullable(active);
  }

  /** Returns the names in the order in which they were added. */
  public synchronized List<String> names() {
    return List.copyOf(entries.keySet());
  }

  /**
   * Makes a call with the answerer in use. It stays open until the call returns, and until the
   * futures that the call began are done.
   *
   * @throws IllegalStateException if none is in use
   */
  public <T> T use(Function<TelecomAnswerer, T> call) {
    Entry entry;
    synchronized (this) {
      requireOpen();
      checkState(active != null, "no answerer is in use yet, there are %s", entries.keySet());
      entry = begin(requireNonNull(active));
    }
    return use(entry, call);
  }

  /**
   * Makes a call with an answerer, whether or not it is the one in use.
   *
   * @throws IllegalArgumentException naming those that there are, if it is not among them
   */
  public <T> T use(String name, Function<TelecomAnswerer, T> call) {
    Entry entry;
    synchronized (this) {
      entry = begin(name);
    }
    return use(entry, call);
  }

  private Entry begin(String name) {
    Entry entry = entry(name);
    entry.users++;
    return entry;
  }

  private <T> T use(Entry entry, Function<TelecomAnswerer, T> call) {
    try {
      return call.apply(entry.answerer);
    } finally {
      synchronized (this) {
        entry.users--;
        release(entry);
      }
    }
  }

  private static void release(Entry entry) {
    if (entry.removed && entry.users == 0) {
      entry.unused.countDown();
    }
  }

  /**
   * Removes an answerer: new calls do not find it; when those that it has are done, it is closed,
   * and this returns. Not to be called by a call of that answerer, which would wait for itself.
   *
   * @throws IllegalArgumentException naming those that there are, if it is not among them
   * @throws IllegalStateException if it is the one in use
   */
  public void remove(String name) {
    Entry entry;
    synchronized (this) {
      entry = entry(name);
      checkState(!name.equals(active), "'%s' is in use, activate another one first", name);
      entries.remove(name);
      retire(entry);
    }
    finish(entry);
  }

  private static void retire(Entry entry) {
    entry.removed = true;
    release(entry);
  }

  private static void finish(Entry entry) {
    awaitUninterruptibly(entry.unused);
    entry.answerer.finish();
  }

  private Entry entry(String name) {
    requireNonNull(name, "name is null");
    requireOpen();
    Entry entry = entries.get(name);
    checkArgument(entry != null, "there is no answerer '%s', there are %s", name, entries.keySet());
    return requireNonNull(entry);
  }

  private void requireOpen() {
    checkState(!closed, "the answerers are closed");
  }

  /** Closes all answerers when their calls are done; a second call does nothing. */
  @Override
  public void close() {
    List<Entry> all;
    synchronized (this) {
      closed = true;
      all = List.copyOf(entries.values());
      entries.clear();
      all.forEach(Answerers::retire);
    }
    all.forEach(Answerers::finish);
  }
}
