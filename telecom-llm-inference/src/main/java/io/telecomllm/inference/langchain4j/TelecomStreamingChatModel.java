package io.telecomllm.inference.langchain4j;

import static java.util.Objects.requireNonNull;

import dev.langchain4j.model.chat.Capability;
import dev.langchain4j.model.chat.StreamingChatModel;
import dev.langchain4j.model.chat.listener.ChatModelListener;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.chat.request.ChatRequestParameters;
import dev.langchain4j.model.chat.response.ChatModelStreamingEvent;
import dev.langchain4j.model.chat.response.StreamingChatResponseHandler;
import io.telecomllm.generation.GenerationConfig;
import io.telecomllm.inference.TelecomAnswerer;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Flow;

/**
 * LangChain4j's streaming chat model on a {@link TelecomAnswerer}, with its knowledge base. It
 * reads requests, refuses and answers like {@link TelecomChatModel}.
 *
 * <p>A handler or subscriber is called on a thread of the answerer, with each piece of the text as
 * it is written, then with the whole response; while it works, its own answer waits and no other.
 * Immutable, and safe for use by several threads; it does not close the answerer.
 */
public final class TelecomStreamingChatModel implements StreamingChatModel {
  private final ChatSettings settings;

  private TelecomStreamingChatModel(ChatSettings settings) {
    this.settings = settings;
  }

  /** Returns a model with the defaults of {@link GenerationConfig}, named {@code telecom-llm}. */
  public static TelecomStreamingChatModel of(TelecomAnswerer answerer) {
    return new TelecomStreamingChatModel(ChatSettings.of(answerer));
  }

  /** Returns a copy with this configuration for what requests leave open. */
  public TelecomStreamingChatModel config(GenerationConfig value) {
    return new TelecomStreamingChatModel(settings.config(value));
  }

  /** Returns a copy with this name, which requests may give and responses have. */
  public TelecomStreamingChatModel modelName(String value) {
    return new TelecomStreamingChatModel(settings.modelName(value));
  }

  /** Returns a copy with one more listener. */
  public TelecomStreamingChatModel listener(ChatModelListener value) {
    return new TelecomStreamingChatModel(settings.listener(value));
  }

  /**
   * Answers the last message of a request to a handler. Every failure, also what the handler
   * throws, goes to its {@code onError}. To cancel through its streaming handle ends the answer
   * before the next token, and the handler is not called again.
   */
  @Override
  public void doChat(ChatRequest request, StreamingChatResponseHandler handler) {
    requireNonNull(handler, "handler is null");
    Delivery delivery = new Delivery(handler);
    try {
      ChatCall call = ChatCall.of(request, settings);
      var unused =
          settings
              .answerer()
              .askAsync(call.messages(), call.config(), delivery, delivery::isCancelled)
              .thenAccept(
                  answer -> delivery.complete(ChatResponses.of(answer, settings.modelName())))
              .whenComplete(
                  (done, failure) -> {
                    if (failure != null) {
                      delivery.fail(ChatResponses.cause(failure));
                    }
                  });
    } catch (RuntimeException e) {
      delivery.fail(e);
    }
  }

  /**
   * Answers the last message of a request once for each subscriber. A subscriber that asks for no
   * more makes its own answer wait; one that cancels ends it before the next token.
   */
  @Override
  public Flow.Publisher<ChatModelStreamingEvent> doChat(ChatRequest request) {
    return new EventPublisher(ChatCall.of(request, settings), settings);
  }

  /** Returns the configuration as parameters. */
  @Override
  public ChatRequestParameters defaultRequestParameters() {
    return settings.parameters();
  }

  /** Returns that a response format may have a JSON schema. */
  @Override
  public Set<Capability> supportedCapabilities() {
    return Set.of(Capability.RESPONSE_FORMAT_JSON_SCHEMA);
  }

  /** Returns the listeners, in the order in which they were added. */
  @Override
  public List<ChatModelListener> listeners() {
    return settings.listeners();
  }
}
