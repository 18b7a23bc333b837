package io.telecomllm.inference.serving;

import io.telecomllm.Internal;
import io.telecomllm.scoring.OptionScorer;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * Scorers of one model, as many as are used at a time; each keeps its cache for the next use. A
 * {@link Gathering} says how many passes there are at a time.
 */
@Internal
public final class ScorerPool implements AutoCloseable {
  private final Supplier<OptionScorer> maker;
  private final ConcurrentLinkedDeque<OptionScorer> idle = new ConcurrentLinkedDeque<>();

  /**
   * Creates an empty pool.
   *
   * @param maker creates a scorer
   */
  public ScorerPool(Supplier<OptionScorer> maker) {
    this.maker = maker;
  }

  /** Runs work with a scorer, preferably the one that was used last, since its cache is warm. */
  public <T> T use(Function<OptionScorer, T> work) {
    OptionScorer scorer = idle.poll();
    if (scorer == null) {
      scorer = maker.get();
    }
    try {
      return work.apply(scorer);
    } finally {
      idle.push(scorer);
    }
  }

  /** Frees the scorers; no work may be running. */
  @Override
  public void close() {
    idle.forEach(OptionScorer::close);
    idle.clear();
  }
}
