package io.telecomllm.generation;

import io.telecomllm.model.KvCache;
import io.telecomllm.model.LanguageModel;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * A cache of one sequence that is kept between texts, so that a prompt with the same beginning is
 * not read again.
 */
final class PromptCache implements Slot.Source, AutoCloseable {
  private final LanguageModel model;
  private final GenerationPass pass;
  private final int spare;
  private @Nullable KvCache cache;

  /**
   * Creates an empty cache.
   *
   * @param spare how many times the room that is asked for is taken, so that a sequence can grow
   *     without being read again
   */
  PromptCache(LanguageModel model, GenerationPass pass, int spare) {
    this.model = model;
    this.pass = pass;
    this.spare = spare;
  }

  @Override
  public Optional<Slot> take(int[] prompt, int room, BooleanSupplier cancelled) {
    KvCache held = holding(prompt, room);
    int sequence = 0;
    int cached = held.length(sequence);
    Slot slot =
        new Slot() {
          private @Nullable Decoding last;

          @Override
          public int cached() {
            return cached;
          }

          @Override
          public void step(Decoding decoding) {
            last = decoding;
            List<GenerationPass.Row> row = List.of(new GenerationPass.Row(decoding, sequence));
            pass.run(row, held).forEach(read -> read.ifPresent(decoding::advance));
          }

          @Override
          public void close() {
            if (last != null && cache != null) {
              // without guesses that were wrong, or that nobody has looked at
              held.truncate(sequence, Math.min(held.length(sequence), last.read()));
            }
          }
        };
    return Optional.of(slot);
  }

  /** Returns a cache that holds a beginning of the prompt, without its last token at least. */
  private KvCache holding(int[] prompt, int capacity) {
    KvCache held = cache;
    if (held == null || held.capacity() < capacity) {
      close();
      long room = (long) spare * capacity;
      held = model.network().newCache((int) Math.min(room, model.config().contextLength()));
      cache = held;
    }
    held.truncate(Math.min(held.common(0, prompt), prompt.length - 1));
    return held;
  }

  /** Frees its memory; it can be used again. */
  @Override
  public void close() {
    if (cache != null) {
      cache.close();
      cache = null;
    }
  }
}
