package io.telecomllm.inference;

import io.telecomllm.scoring.OptionScorer;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.Semaphore;
import java.util.function.Function;
import java.util.function.Supplier;

/** As many scorers as threads use at once, up to a bound; each keeps its cache for the next use. */
final class ScorerPool implements AutoCloseable {
  private final Supplier<OptionScorer> maker;
  private final int most;
  private final Semaphore permits;
  private final ConcurrentLinkedDeque<OptionScorer> idle = new ConcurrentLinkedDeque<>();

  ScorerPool(int most, Supplier<OptionScorer> maker) {
    this.maker = maker;
    this.most = most;
    // fair, so that no caller waits for ever behind busier ones
    permits = new Semaphore(most, true);
  }

  /**
   * Lends a scorer, the one used last before others, since its cache is warm.
   *
   * @throws CancellationException if the thread is interrupted while it waits for one; it stays
   *     interrupted
   */
  <T> T use(Function<OptionScorer, T> work) {
    try {
      permits.acquire();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw interrupted("interrupted while waiting for one of " + most + " scorers", e);
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

  private static CancellationException interrupted(String message, InterruptedException cause) {
    CancellationException cancelled = new CancellationException(message);
    cancelled.initCause(cause);
    return cancelled;
  }

  /** Frees the scorers; only when none is lent. */
  @Override
  public void close() {
    idle.forEach(OptionScorer::close);
    idle.clear();
  }
}
