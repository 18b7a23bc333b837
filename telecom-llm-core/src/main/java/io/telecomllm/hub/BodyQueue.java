package io.telecomllm.hub;

import java.io.IOException;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * An answer's body, taken piece by piece by one thread. Unlike the JDK's stream it ends at an
 * interrupt, and at a server that falls silent.
 */
final class BodyQueue implements HttpResponse.BodySubscriber<BodyQueue>, AutoCloseable {
  /** A piece, or the end, or the failure. */
  private record Part(List<ByteBuffer> buffers, boolean end, @Nullable Throwable failure) {}

  // holds at most two parts: each is asked for when the one before was taken
  private final BlockingQueue<Part> parts = new LinkedBlockingQueue<>();
  private Flow.@Nullable Subscription subscription;
  private boolean closed;

  @Override
  public CompletionStage<BodyQueue> getBody() {
    return CompletableFuture.completedStage(this);
  }

  @Override
  public synchronized void onSubscribe(Flow.Subscription given) {
    subscription = given;
    if (closed) {
      given.cancel();
    } else {
      given.request(1);
    }
  }

  @Override
  public void onNext(List<ByteBuffer> buffers) {
    parts.add(new Part(buffers, false, null));
  }

  @Override
  public void onError(Throwable failure) {
    parts.add(new Part(List.of(), true, failure));
  }

  @Override
  public void onComplete() {
    parts.add(new Part(List.of(), true, null));
  }

  /** The next buffers; none at the end. */
  List<ByteBuffer> next(Duration idle) throws IOException, InterruptedException {
    while (true) {
      Part part = parts.poll(idle.toNanos(), TimeUnit.NANOSECONDS);
      if (part == null) {
        throw new HttpTimeoutException("the server was silent for " + idle.toMillis() + " ms");
      }
      if (part.failure() != null) {
        throw new IOException(
            "the connection broke: " + part.failure().getMessage(), part.failure());
      }
      if (part.end()) {
        parts.add(part);
        return List.of();
      }
      request();
      if (!part.buffers().isEmpty()) {
        return part.buffers();
      }
    }
  }

  private synchronized void request() {
    if (subscription != null && !closed) {
      subscription.request(1);
    }
  }

  /** Ends the connection if it has more to say. */
  @Override
  public synchronized void close() {
    closed = true;
    if (subscription != null) {
      subscription.cancel();
    }
  }
}
