package io.telecomllm.inference.langchain4j;

import dev.langchain4j.model.chat.response.ChatModelStreamingEvent;
import dev.langchain4j.model.chat.response.CompleteResponse;
import dev.langchain4j.model.chat.response.PartialResponse;
import io.telecomllm.generation.GeneratedToken;
import io.telecomllm.inference.OpenAnswer;
import java.util.concurrent.Flow;
import java.util.concurrent.SubmissionPublisher;

/** Publishes the pieces of an answer and the response, once for each subscriber. */
record EventPublisher(ChatCall call, ChatSettings settings)
    implements Flow.Publisher<ChatModelStreamingEvent> {
  /** The events that are written ahead of a slow subscriber. */
  private static final int AHEAD = 16;

  @Override
  public void subscribe(Flow.Subscriber<? super ChatModelStreamingEvent> subscriber) {
    SubmissionPublisher<ChatModelStreamingEvent> events =
        new SubmissionPublisher<>(Runnable::run, AHEAD);
    events.subscribe(subscriber);
    try {
      var unused =
          settings
              .answerer()
              .askAsync(
                  call.messages(),
                  call.config(),
                  token -> publish(token, events),
                  () -> !events.hasSubscribers())
              .thenAccept(answer -> end(answer, events))
              .whenComplete(
                  (done, failure) -> {
                    if (failure != null) {
                      events.closeExceptionally(ChatResponses.cause(failure));
                    }
                  });
    } catch (RuntimeException e) {
      events.closeExceptionally(e);
    }
  }

  private static void publish(
      GeneratedToken token, SubmissionPublisher<ChatModelStreamingEvent> events) {
    if (!token.text().isEmpty()) {
      events.submit(new PartialResponse(token.text()));
    }
  }

  private void end(OpenAnswer answer, SubmissionPublisher<ChatModelStreamingEvent> events) {
    events.submit(new CompleteResponse(ChatResponses.of(answer, settings.modelName())));
    events.close();
  }
}
