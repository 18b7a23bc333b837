package io.telecomllm.inference.serving;

import io.telecomllm.Internal;
import io.telecomllm.generation.GeneratedToken;
import io.telecomllm.generation.GenerationListener;
import java.util.concurrent.Executor;
import java.util.concurrent.Flow;
import java.util.concurrent.SubmissionPublisher;
import java.util.function.BooleanSupplier;

/**
 * Publishes a text as it is written, once for each subscriber. A subscriber that asks for no more
 * makes its text wait, and no other; one that cancels ends its text before the next token.
 */
@Internal
public final class TokenPublisher implements Flow.Publisher<GeneratedToken> {
  /** The tokens that are written ahead of a slow subscriber. */
  private static final int AHEAD = 16;

  private final Executor executor;
  private final Writer writer;

  /** Writes a text. */
  @FunctionalInterface
  public interface Writer {
    /**
     * Writes it to its end, or until it is cancelled.
     *
     * @param cancelled is asked before each token
     */
    void write(GenerationListener listener, BooleanSupplier cancelled);
  }

  /** Creates a publisher that writes on this executor; subscribers are called by the writer. */
  public TokenPublisher(Executor executor, Writer writer) {
    this.executor = executor;
    this.writer = writer;
  }

  @Override
  public void subscribe(Flow.Subscriber<? super GeneratedToken> subscriber) {
    SubmissionPublisher<GeneratedToken> tokens = new SubmissionPublisher<>(Runnable::run, AHEAD);
    tokens.subscribe(subscriber);
    executor.execute(() -> write(tokens));
  }

  private void write(SubmissionPublisher<GeneratedToken> tokens) {
    try {
      writer.write(tokens::submit, () -> !tokens.hasSubscribers());
      tokens.close();
    } catch (RuntimeException | Error e) {
      tokens.closeExceptionally(e);
    }
  }
}
