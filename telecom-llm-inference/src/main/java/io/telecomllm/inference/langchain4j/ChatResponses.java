package io.telecomllm.inference.langchain4j;

import dev.langchain4j.data.message.AiMessage;
import dev.langchain4j.model.chat.response.ChatResponse;
import dev.langchain4j.model.chat.response.ChatResponseMetadata;
import dev.langchain4j.model.output.FinishReason;
import dev.langchain4j.model.output.TokenUsage;
import io.telecomllm.generation.Generation;
import io.telecomllm.inference.OpenAnswer;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletionException;

/** Turns answers into LangChain4j's responses. */
final class ChatResponses {
  private ChatResponses() {}

  /** Returns the response with text, references, reason, usage, name and an id of its own. */
  static ChatResponse of(OpenAnswer answer, String modelName) {
    Generation generation = answer.generation();
    return ChatResponse.builder()
        .aiMessage(message(answer))
        .metadata(
            ChatResponseMetadata.builder()
                .id(UUID.randomUUID().toString())
                .modelName(modelName)
                .tokenUsage(
                    new TokenUsage(generation.usage().prompt(), generation.usage().generated()))
                .finishReason(reason(generation.finishReason()))
                .build())
        .build();
  }

  private static AiMessage message(OpenAnswer answer) {
    List<String> references =
        answer.references().stream().map(passage -> passage.clause().edition()).toList();
    return AiMessage.builder()
        .text(answer.text())
        .attributes(
            references.isEmpty() ? Map.of() : Map.of(TelecomChatModel.REFERENCES, references))
        .build();
  }

  private static FinishReason reason(io.telecomllm.generation.FinishReason reason) {
    return switch (reason) {
      case STOP -> FinishReason.STOP;
      case LENGTH, CONTEXT -> FinishReason.LENGTH;
      case CANCELLED -> FinishReason.OTHER;
    };
  }

  /** Returns what a future failed with. */
  static Throwable cause(Throwable failure) {
    Throwable cause = failure.getCause();
    return failure instanceof CompletionException && cause != null ? cause : failure;
  }
}
