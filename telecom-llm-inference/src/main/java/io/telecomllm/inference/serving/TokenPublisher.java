package io.telecomllm.inference.serving;

import io.telecomllm.DeadlineException;
import io.telecomllm.Internal;
import io.telecomllm.generation.GeneratedToken;
import io.telecomllm.generation.GenerationListener;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.Flow;
import java.util.concurrent.SubmissionPublisher;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * Publishes a text as it is written, once for each subscriber. A subscriber that asks for no more
 * makes its text wait, but not for ever; one that cancels ends its text before the next token.
 */
@Internal
public final class TokenPublisher implements Flow.Publisher<GeneratedToken> {
  /** The tokens that are written ahead of a slow subscriber. */
  private static final int AHEAD = 16;

  /** How long a text, which keeps its place in the cache meanwhile, waits to be read. */
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private static final long POLL_MILLIS = 50;

  private final Executor executor;
  private final Admission admission;
  private final Supplier<TimedCall> timings;
  private final Writer writer;
  private final Consumer<Throwable> failed;
  private final Duration patience;

  /** Writes a text. */
  @FunctionalInterface
  public interface Writer {
    /**
     * Writes it to its end, or until it is cancelled.
     *
     * @param cancelled is asked before each token
     */
    void write(GenerationListener listener, BooleanSupplier cancelled, TimedCall timing);
  }

  /**
   * Creates a publisher that writes on this executor; subscribers are called by the writer.
   *
   * @param timings when the text of a new subscriber must begin and end
   * @param failed is told of a text that fails
   */
  public TokenPublisher(
      Executor executor,
      Admission admission,
      Supplier<TimedCall> timings,
      Writer writer,
      Consumer<Throwable> failed) {
    this(executor, admission, timings, writer, failed, PATIENCE);
  }

  TokenPublisher(
      Executor executor,
      Admission admission,
      Supplier<TimedCall> timings,
      Writer writer,
      Consumer<Throwable> failed,
      Duration patience) {
    this.executor = executor;
    this.admission = admission;
    this.timings = timings;
    this.writer = writer;
    this.failed = failed;
    this.patience = patience;
  }

  @Override
  public void subscribe(Flow.Subscriber<? super GeneratedToken> subscriber) {
    SubmissionPublisher<GeneratedToken> tokens = new SubmissionPublisher<>(Runnable::run, AHEAD);
    tokens.subscribe(subscriber);
    TimedCall timing = timings.get();
    boolean entered = false;
    try {
      admission.enter();
      entered = true;
      CompletableFuture<?> watch = timing.watch(tokens::closeExceptionally);
      executor.execute(() -> write(tokens, timing, watch));
    } catch (RuntimeException | Error e) {
      if (entered) {
        admission.leave();
      }
      failed.accept(e);
      tokens.closeExceptionally(e);
    }
  }

  private void write(
      SubmissionPublisher<GeneratedToken> tokens, TimedCall timing, CompletableFuture<?> watch) {
    try {
      admission.use(
          () -> {
            writer.write(token -> publish(tokens, token), () -> !tokens.hasSubscribers(), timing);
            return tokens;
          });
      tokens.close();
    } catch (RuntimeException | Error e) {
      failed.accept(e);
      tokens.closeExceptionally(e);
    } finally {
      watch.cancel(false);
      admission.leave();
    }
  }

  private void publish(SubmissionPublisher<GeneratedToken> tokens, GeneratedToken token) {
    long start = System.nanoTime();
    while (tokens.hasSubscribers()) {
      admission.requireOpen();
      if (tokens.offer(token, POLL_MILLIS, TimeUnit.MILLISECONDS, (reader, late) -> false) >= 0) {
        return;
      }
      if (System.nanoTime() - start > patience.toNanos()) {
        throw new DeadlineException("nobody asked for the next token for " + patience);
      }
    }
  }
}
