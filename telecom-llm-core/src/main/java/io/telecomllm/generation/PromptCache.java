package io.telecomllm.generation;

import io.telecomllm.model.KvCache;
import io.telecomllm.model.LanguageModel;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A cache of one sequence that knows its tokens, so that a prompt with the same beginning is read
 * from there.
 */
final class PromptCache implements AutoCloseable {
  private final LanguageModel model;
  private final int spare;
  private @Nullable KvCache cache;
  private int[] ids = {};

  /**
   * Creates an empty cache.
   *
   * @param spare how many times the room that is asked for is taken, so that a sequence can grow
   *     without being read again
   */
  PromptCache(LanguageModel model, int spare) {
    this.model = model;
    this.spare = spare;
  }

  /**
   * Returns a cache that holds a beginning of the prompt, without its last token at least.
   *
   * @param capacity the tokens that it has room for, at most the context length
   */
  KvCache holding(int[] prompt, int capacity) {
    KvCache held = cache;
    if (held == null || held.capacity() < capacity) {
      close();
      long room = (long) spare * capacity;
      held = model.network().newCache((int) Math.min(room, model.config().contextLength()));
      cache = held;
    }
    int limit = Math.min(ids.length, prompt.length - 1);
    int different = Arrays.mismatch(ids, 0, limit, prompt, 0, limit);
    held.truncate(different < 0 ? limit : different);
    ids = Arrays.copyOf(prompt, held.length());
    return held;
  }

  /** Notes what the cache holds now: a beginning of these tokens. */
  void holds(int[] tokens) {
    if (cache != null) {
      ids = Arrays.copyOf(tokens, cache.length());
    }
  }

  /** Frees its memory; it can be used again. */
  @Override
  public void close() {
    ids = new int[0];
    if (cache != null) {
      cache.close();
      cache = null;
    }
  }
}
