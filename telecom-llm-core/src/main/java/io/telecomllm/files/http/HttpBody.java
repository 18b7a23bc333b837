package io.telecomllm.files.http;

import io.telecomllm.Internal;
import io.telecomllm.InvalidDataException;
import java.io.ByteArrayOutputStream;
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
 * The body of an answer, read piece by piece by one thread. Unlike the JDK's stream, reading ends
 * when the thread is interrupted or the server falls silent.
 */
@Internal
public final class HttpBody implements HttpResponse.BodySubscriber<HttpBody>, AutoCloseable {
  /** A piece, or the end, or the failure. */
  private record Part(List<ByteBuffer> buffers, boolean end, @Nullable Throwable failure) {}

  // holds at most two parts: each is requested when the one before was taken
  private final BlockingQueue<Part> parts = new LinkedBlockingQueue<>();
  private Flow.@Nullable Subscription subscription;
  private boolean closed;

  @Override
  public CompletionStage<HttpBody> getBody() {
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

  /**
   * Returns the next buffers; an empty list at the end of the body.
   *
   * @param idle how long the server may be silent
   * @throws HttpTimeoutException if it is silent for longer
   */
  public List<ByteBuffer> next(Duration idle) throws IOException, InterruptedException {
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

  /**
   * Reads the rest of the body.
   *
   * @param name the name for messages
   * @param most the most bytes to accept
   * @param idle how long the server may be silent
   * @param deadline when the body must be complete, by {@link System#nanoTime}
   * @throws InvalidDataException if there are more bytes
   * @throws HttpTimeoutException if the server is silent for longer, or the body is not complete at
   *     the deadline
   */
  public byte[] bytes(String name, int most, Duration idle, long deadline)
      throws IOException, InterruptedException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    while (true) {
      long left = deadline - System.nanoTime();
      if (left <= 0) {
        throw new HttpTimeoutException("the answer did not end in time");
      }
      List<ByteBuffer> buffers = next(Duration.ofNanos(Math.min(left, idle.toNanos())));
      if (buffers.isEmpty()) {
        return bytes.toByteArray();
      }
      for (ByteBuffer buffer : buffers) {
        if (buffer.remaining() > most - bytes.size()) {
          throw new InvalidDataException(name + ": the answer is longer than " + most + " bytes");
        }
        byte[] piece = new byte[buffer.remaining()];
        buffer.get(piece);
        bytes.writeBytes(piece);
      }
    }
  }

  private synchronized void request() {
    if (subscription != null && !closed) {
      subscription.request(1);
    }
  }

  /** Ends the connection if the body is not complete. */
  @Override
  public synchronized void close() {
    closed = true;
    if (subscription != null) {
      subscription.cancel();
    }
  }
}
