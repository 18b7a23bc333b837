package io.telecomllm.inference.langchain4j;

import static com.google.common.base.Preconditions.checkArgument;
import static java.util.Objects.requireNonNull;

import dev.langchain4j.model.chat.listener.ChatModelListener;
import dev.langchain4j.model.chat.request.ChatRequestParameters;
import io.telecomllm.generation.GenerationConfig;
import io.telecomllm.inference.TelecomAnswerer;
import java.util.ArrayList;
import java.util.List;

/** What the blocking and the streaming model are made of. Immutable. */
record ChatSettings(
    TelecomAnswerer answerer,
    GenerationConfig config,
    String modelName,
    List<ChatModelListener> listeners) {
  ChatSettings {
    requireNonNull(answerer, "answerer is null");
    requireNonNull(config, "config is null");
    requireNonNull(modelName, "modelName is null");
    checkArgument(!modelName.isBlank(), "modelName is blank");
    listeners = List.copyOf(listeners);
  }

  static ChatSettings of(TelecomAnswerer answerer) {
    return new ChatSettings(answerer, GenerationConfig.defaults(), "telecom-llm", List.of());
  }

  ChatSettings config(GenerationConfig value) {
    return new ChatSettings(answerer, value, modelName, listeners);
  }

  ChatSettings modelName(String value) {
    return new ChatSettings(answerer, config, value, listeners);
  }

  ChatSettings listener(ChatModelListener value) {
    requireNonNull(value, "listener is null");
    List<ChatModelListener> all = new ArrayList<>(listeners);
    all.add(value);
    return new ChatSettings(answerer, config, modelName, all);
  }

  /** Returns what the core fills into requests that leave it open. */
  ChatRequestParameters parameters() {
    return ChatRequestParameters.builder()
        .modelName(modelName)
        .temperature(config.temperature())
        .topP(config.topP())
        .topK(config.topK())
        .frequencyPenalty(config.frequencyPenalty())
        .presencePenalty(config.presencePenalty())
        .maxOutputTokens(config.maxNewTokens())
        .stopSequences(config.stop())
        .build();
  }
}
