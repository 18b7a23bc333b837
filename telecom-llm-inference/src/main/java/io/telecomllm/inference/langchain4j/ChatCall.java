package io.telecomllm.inference.langchain4j;

import static com.google.common.base.Preconditions.checkArgument;

import dev.langchain4j.exception.UnsupportedFeatureException;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.chat.request.DefaultChatRequestParameters;
import dev.langchain4j.model.chat.request.ToolChoice;
import io.telecomllm.generation.GenerationConfig;
import io.telecomllm.generation.constraint.Constraint;
import io.telecomllm.generation.schema.JsonSchema;
import io.telecomllm.prompt.Message;
import java.util.List;
import java.util.Optional;

/** What a request asks of the answerer. */
record ChatCall(List<Message> messages, GenerationConfig config) {
  /**
   * Reads a request.
   *
   * @throws UnsupportedFeatureException naming what cannot be done
   * @throws IllegalArgumentException naming a parameter out of its range, or if both the settings
   *     and the response format restrict the text
   */
  static ChatCall of(ChatRequest request, ChatSettings settings) {
    requireSupported(request, settings.modelName());
    return new ChatCall(Messages.of(request.messages()), config(request, settings.config()));
  }

  private static void requireSupported(ChatRequest request, String modelName) {
    Class<?> type = request.parameters().getClass();
    if (type != DefaultChatRequestParameters.class) {
      throw new UnsupportedFeatureException(
          "parameters of class " + type.getName() + " are not supported, their own might be lost");
    }
    String asked = request.modelName();
    if (asked != null && !asked.equals(modelName)) {
      throw new UnsupportedFeatureException(
          "the model '" + asked + "' is not supported: this one is '" + modelName + "'");
    }
    if (!request.toolSpecifications().isEmpty()) {
      throw new UnsupportedFeatureException(
          "tools are not supported, found '" + request.toolSpecifications().get(0).name() + "'");
    }
    // AUTO and NONE allow an answer in text
    if (request.toolChoice() == ToolChoice.REQUIRED) {
      throw new UnsupportedFeatureException("the tool choice REQUIRED is not supported");
    }
  }

  /** Changes the defaults as the request says; the core may have filled in the same already. */
  private static GenerationConfig config(ChatRequest request, GenerationConfig defaults) {
    GenerationConfig.Builder config = defaults.toBuilder();
    Optional.ofNullable(request.temperature()).ifPresent(config::temperature);
    Optional.ofNullable(request.topP()).ifPresent(config::topP);
    Optional.ofNullable(request.topK()).ifPresent(config::topK);
    Optional.ofNullable(request.frequencyPenalty()).ifPresent(config::frequencyPenalty);
    Optional.ofNullable(request.presencePenalty()).ifPresent(config::presencePenalty);
    Optional.ofNullable(request.maxOutputTokens()).ifPresent(config::maxNewTokens);
    ResponseSchemas.of(request.responseFormat())
        .ifPresent(schema -> config.constraint(constraint(schema, defaults)));
    if (!request.stopSequences().isEmpty()) {
      config.stop(request.stopSequences().toArray(String[]::new));
    }
    return config.build();
  }

  private static Constraint constraint(JsonSchema schema, GenerationConfig defaults) {
    checkArgument(
        defaults.constraint().isEmpty(),
        "the model's settings have a constraint, the response format JSON is one already");
    return schema.constraint();
  }
}
