package io.telecomllm.inference.langchain4j;

import dev.langchain4j.model.chat.Capability;
import dev.langchain4j.model.chat.ChatModel;
import dev.langchain4j.model.chat.listener.ChatModelListener;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.chat.request.ChatRequestParameters;
import dev.langchain4j.model.chat.response.ChatResponse;
import io.telecomllm.generation.GenerationConfig;
import io.telecomllm.generation.GenerationListener;
import io.telecomllm.inference.OpenAnswer;
import io.telecomllm.inference.TelecomAnswerer;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

/**
 * LangChain4j's chat model on a {@link TelecomAnswerer}, with its knowledge base.
 *
 * <pre>{@code
 * ChatModel model = TelecomChatModel.of(answerer);
 * String answer = model.chat("What does the AMF do?");
 * }</pre>
 *
 * <p><b>Messages.</b> A system message at the beginning replaces the answerer's instruction;
 * several there are joined. If the AI's message is the last, or another by the AI follows, as when
 * a guardrail rejects an answer, the user's question is asked again, in a turn that says so. The
 * thinking and the attributes of messages are no part of a prompt.
 *
 * <p><b>Parameters.</b> What a request leaves open is taken from {@link #config}. The model name,
 * if a request has one, must be that of this model.
 *
 * <p><b>JSON.</b> The response format JSON holds the text to its schema, by {@link
 * io.telecomllm.generation.schema.JsonSchema}, or to any object if it has none; a schema that this
 * form cannot express is refused, with the place in it, before the model is asked. The model is not
 * shown the schema: messages should say what its properties mean. A text that is cut off, by its
 * greatest length or a stop sequence, may end within the JSON. {@link #config} must not have a
 * constraint then.
 *
 * <p><b>Answers.</b> Full length and full context are both the finish reason {@code LENGTH}. With a
 * knowledge base the message's attribute {@value #REFERENCES} lists what [1], [2] and so on refer
 * to.
 *
 * <p>Tools, the tool choice {@code REQUIRED}, the parameters of other providers, names of users,
 * and anything but text in a message are refused with an {@link
 * dev.langchain4j.exception.UnsupportedFeatureException}. Other failures are the answerer's
 * exceptions. Immutable, and safe for use by several threads; it does not close the answerer.
 */
public final class TelecomChatModel implements ChatModel {
  /**
   * The attribute of an AI message with the references in the model's prompt, in order: a list of
   * texts such as {@code TS 23.501#6.2.1 (Release 18)}. It is missing where there are none.
   */
  public static final String REFERENCES = "references";

  private final ChatSettings settings;

  private TelecomChatModel(ChatSettings settings) {
    this.settings = settings;
  }

  /** Returns a model with the defaults of {@link GenerationConfig}, named {@code telecom-llm}. */
  public static TelecomChatModel of(TelecomAnswerer answerer) {
    return new TelecomChatModel(ChatSettings.of(answerer));
  }

  /** Returns a copy with this configuration for what requests leave open. */
  public TelecomChatModel config(GenerationConfig value) {
    return new TelecomChatModel(settings.config(value));
  }

  /** Returns a copy with this name, which requests may give and responses have. */
  public TelecomChatModel modelName(String value) {
    return new TelecomChatModel(settings.modelName(value));
  }

  /** Returns a copy with one more listener. */
  public TelecomChatModel listener(ChatModelListener value) {
    return new TelecomChatModel(settings.listener(value));
  }

  /** Answers the last message of a request. */
  @Override
  public ChatResponse doChat(ChatRequest request) {
    ChatCall call = ChatCall.of(request, settings);
    return response(
        settings.answerer().ask(call.messages(), call.config(), GenerationListener.NONE));
  }

  /**
   * Answers the last message of a request on another thread. To cancel the future, or one derived
   * from it, ends the answer before its next token.
   */
  @Override
  public CompletableFuture<ChatResponse> doChatAsync(ChatRequest request) {
    ChatCall call = ChatCall.of(request, settings);
    return settings.answerer().askAsync(call.messages(), call.config()).thenApply(this::response);
  }

  private ChatResponse response(OpenAnswer answer) {
    return ChatResponses.of(answer, settings.modelName());
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
