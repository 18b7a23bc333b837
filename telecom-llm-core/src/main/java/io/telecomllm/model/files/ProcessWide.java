package io.telecomllm.model.files;

import static com.google.common.base.Preconditions.checkState;

import com.google.common.annotations.VisibleForTesting;
import io.telecomllm.Internal;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Supplier;

/**
 * Values that a process makes once and keeps until it ends, such as a model that many tasks use: a
 * Spark executor offers no place to hold it. They are closed when the process ends, the last made
 * first.
 *
 * <p>Safe for use by several threads; one value is made at a time. A maker may call {@link #get}
 * for other values.
 */
@Internal
public final class ProcessWide {
  private static final ProcessWide SHARED = new ProcessWide();

  static {
    Runtime.getRuntime()
        .addShutdownHook(new Thread(SHARED::close, "telecom-llm-closes-what-is-shared"));
  }

  private final Map<Object, AutoCloseable> values = new HashMap<>();
  private final Deque<AutoCloseable> made = new ArrayDeque<>();
  private boolean closed;

  @VisibleForTesting
  ProcessWide() {}

  /**
   * Returns the value of a key, which the maker makes if there is none. A maker that fails leaves
   * none.
   *
   * @param key has equals and hashCode; its class is used for one type of value only
   * @throws IllegalStateException if the process is ending
   */
  public static <V extends AutoCloseable> V get(Object key, Supplier<V> maker) {
    return SHARED.find(key, maker);
  }

  // a key's class is used for one type of value only
  @SuppressWarnings("unchecked")
  synchronized <V extends AutoCloseable> V find(Object key, Supplier<V> maker) {
    checkState(!closed, "the process is ending: no value is made for %s", key);
    AutoCloseable there = values.get(key);
    if (there == null) {
      there = maker.get();
      values.put(key, there);
      made.push(there);
    }
    return (V) there;
  }

  synchronized void close() {
    closed = true;
    while (!made.isEmpty()) {
      try {
        made.pop().close();
      } catch (Exception e) {
        // one that cannot be closed must not keep the others open
        Thread thread = Thread.currentThread();
        thread.getUncaughtExceptionHandler().uncaughtException(thread, e);
      }
    }
    values.clear();
  }
}
