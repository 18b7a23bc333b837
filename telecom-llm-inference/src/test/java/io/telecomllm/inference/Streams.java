package io.telecomllm.inference;

import io.telecomllm.generation.GeneratedToken;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Flow;

/** Reads streams of tokens. */
final class Streams {
  private Streams() {}

  /** Reads a stream; completes when it ends, or fails with it. */
  static CompletableFuture<Void> ending(Flow.Publisher<GeneratedToken> stream) {
    CompletableFuture<Void> end = new CompletableFuture<>();
    stream.subscribe(
        new Flow.Subscriber<>() {
          @Override
          public void onSubscribe(Flow.Subscription subscription) {
            subscription.request(Long.MAX_VALUE);
          }

          @Override
          public void onNext(GeneratedToken token) {}

          @Override
          public void onError(Throwable failure) {
            end.completeExceptionally(failure);
          }

          @Override
          public void onComplete() {
            end.complete(null);
          }
        });
    return end;
  }
}
