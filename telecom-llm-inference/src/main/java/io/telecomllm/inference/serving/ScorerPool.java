package io.telecomllm.inference.serving;

import io.telecomllm.Internal;
import io.telecomllm.Interrupts;
import io.telecomllm.scoring.OptionScorer;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.Semaphore;
import java.util.function.Function;
import java.util.function.Supplier;

/** Scorers of one model for many threads, up to a limit; each keeps its cache for the next use. */
@Internal
public final class ScorerPool implements AutoCloseable {
  private final Supplier<OptionScorer> maker;
  private final int most;
  private final Semaphore permits;
  private final ConcurrentLinkedDeque<OptionScorer> idle = new ConcurrentLinkedDeque<>();

  /**
   * Creates an empty pool.
   *
   * @param most the most scorers, at least 1
   * @param maker creates a scorer
   */
  public ScorerPool(int most, Supplier<OptionScorer> maker) {
    this.maker = maker;
    this.most = most;
    // fair, so that no thread waits forever while others get scorers again and again
    permits = new Semaphore(most, true);
  }

  /**
   * Runs work with a scorer, preferably the one that was used last, since its cache is warm.
   *
   * @throws CancellationException if the thread is interrupted while it waits for one; it stays
   *     interrupted
   */
  public <T> T use(Function<OptionScorer, T> work) {
    try {
      permits.acquire();
    } catch (InterruptedException e) {
      throw Interrupts.cancelled("interrupted while waiting for one of " + most + " scorers", e);
    }
    try {
      OptionScorer scorer = idle.poll();
      if (scorer == null) {
        scorer = maker.get();
      }
      try {
        return work.apply(scorer);
      } finally {
        idle.push(scorer);
      }
    } finally {
      permits.release();
    }
  }

  /** Frees the scorers; no work may be running. */
  @Override
  public void close() {
    idle.forEach(OptionScorer::close);
    idle.clear();
  }
}
