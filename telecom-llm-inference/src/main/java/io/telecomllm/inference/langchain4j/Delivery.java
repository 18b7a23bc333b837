package io.telecomllm.inference.langchain4j;

import dev.langchain4j.model.chat.response.ChatResponse;
import dev.langchain4j.model.chat.response.PartialResponse;
import dev.langchain4j.model.chat.response.PartialResponseContext;
import dev.langchain4j.model.chat.response.StreamingChatResponseHandler;
import dev.langchain4j.model.chat.response.StreamingHandle;
import io.telecomllm.generation.GeneratedToken;
import io.telecomllm.generation.GenerationListener;

/** Delivers an answer to a handler as it is written; nothing once it is cancelled. */
final class Delivery implements GenerationListener, StreamingHandle {
  private final StreamingChatResponseHandler handler;
  private final PartialResponseContext context = new PartialResponseContext(this);
  private volatile boolean cancelled;

  Delivery(StreamingChatResponseHandler handler) {
    this.handler = handler;
  }

  @Override
  public void generated(GeneratedToken token) {
    if (!cancelled && !token.text().isEmpty()) {
      handler.onPartialResponse(new PartialResponse(token.text()), context);
    }
  }

  void complete(ChatResponse response) {
    if (!cancelled) {
      handler.onCompleteResponse(response);
    }
  }

  void fail(Throwable failure) {
    if (!cancelled) {
      handler.onError(failure);
    }
  }

  @Override
  public void cancel() {
    cancelled = true;
  }

  @Override
  public boolean isCancelled() {
    return cancelled;
  }
}
