package io.telecomllm.examples.service;

import static io.telecomllm.examples.service.Fields.check;
import static io.telecomllm.examples.service.Fields.flag;
import static io.telecomllm.examples.service.Fields.number;
import static io.telecomllm.examples.service.Fields.text;
import static io.telecomllm.examples.service.Fields.texts;
import static io.telecomllm.examples.service.Fields.whole;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import io.telecomllm.generation.GenerationConfig;
import io.telecomllm.generation.constraint.Constraint;
import io.telecomllm.generation.schema.JsonSchema;
import io.telecomllm.prompt.Message;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A request for a chat completion. What it asks for and this service has not is refused by name.
 *
 * @param stream whether the answer is streamed
 * @param usage whether a stream ends with the number of tokens
 */
record CompletionRequest(
    List<Message> messages,
    GenerationConfig config,
    boolean logprobs,
    boolean stream,
    boolean usage) {
  private static final Set<String> KNOWN =
      Set.of(
          "model",
          "messages",
          "max_tokens",
          "max_completion_tokens",
          "temperature",
          "top_p",
          "frequency_penalty",
          "presence_penalty",
          "seed",
          "stop",
          "stream",
          "stream_options",
          "logprobs",
          "response_format",
          "user",
          "n");

  static CompletionRequest of(JsonObject request) {
    for (String field : request.keySet()) {
      check(KNOWN.contains(field), field + ": this service does not have it");
    }
    check(number(request, "n", 1) == 1, "n: must be 1");
    JsonElement options = request.get("stream_options");
    check(
        options == null || options.isJsonNull() || options.isJsonObject(),
        "stream_options: expected an object");
    boolean usage =
        options != null
            && options.isJsonObject()
            && flag(options.getAsJsonObject(), "include_usage");
    return new CompletionRequest(
        messages(request),
        config(request),
        flag(request, "logprobs"),
        flag(request, "stream"),
        usage);
  }

  private static List<Message> messages(JsonObject request) {
    JsonElement all = request.get("messages");
    if (all == null || !all.isJsonArray()) {
      throw new IllegalArgumentException("messages: expected a list");
    }
    List<Message> messages = new ArrayList<>();
    for (JsonElement element : all.getAsJsonArray()) {
      check(element.isJsonObject(), "messages: expected objects");
      JsonObject message = element.getAsJsonObject();
      String content = content(message.get("content"));
      String role = text(message, "role");
      messages.add(
          switch (role) {
            case "system", "developer" -> Message.system(content);
            case "user" -> Message.user(content);
            case "assistant" -> Message.assistant(content);
            default ->
                throw new IllegalArgumentException(
                    "role is " + role + ", must be system, developer, user or assistant");
          });
    }
    return messages;
  }

  /** Returns a content, which may be a list of texts. */
  private static String content(@Nullable JsonElement content) {
    if (content != null && content.isJsonArray()) {
      StringBuilder joined = new StringBuilder();
      for (JsonElement part : content.getAsJsonArray()) {
        check(
            part.isJsonObject() && text(part.getAsJsonObject(), "type").equals("text"),
            "content: this service reads text only");
        joined.append(text(part.getAsJsonObject(), "text"));
      }
      return joined.toString();
    }
    if (content == null || !content.isJsonPrimitive()) {
      throw new IllegalArgumentException("content: expected a text");
    }
    return content.getAsString();
  }

  private static GenerationConfig config(JsonObject request) {
    int most = whole(request, "max_tokens", 256);
    String[] stop = stop(request);
    Optional<Constraint> constraint = constraint(request.get("response_format"));
    check(number(request, "seed", 0) % 1 == 0, "seed: expected a whole number");
    long seed = request.has("seed") ? request.get("seed").getAsBigDecimal().longValue() : 0;
    return GenerationConfig.with(
        c ->
            constraint
                .map(c::constraint)
                .orElse(c)
                .maxNewTokens(whole(request, "max_completion_tokens", most))
                // greedy unless asked, since an answer that is acted on should not be a draw
                .temperature(number(request, "temperature", 0))
                .topP(number(request, "top_p", 1))
                .frequencyPenalty(number(request, "frequency_penalty", 0))
                .presencePenalty(number(request, "presence_penalty", 0))
                .seed(seed)
                .draftTokens(4)
                .stop(stop));
  }

  private static Optional<Constraint> constraint(@Nullable JsonElement format) {
    if (format == null || format.isJsonNull()) {
      return Optional.empty();
    }
    check(format.isJsonObject(), "response_format: expected an object");
    String type = text(format.getAsJsonObject(), "type");
    if (type.equals("text")) {
      return Optional.empty();
    }
    JsonElement named = format.getAsJsonObject().get("json_schema");
    if (!type.equals("json_schema") || named == null || !named.isJsonObject()) {
      throw new IllegalArgumentException("response_format: this service has text and json_schema");
    }
    JsonElement schema = named.getAsJsonObject().get("schema");
    if (schema == null) {
      throw new IllegalArgumentException("response_format: json_schema has no schema");
    }
    return Optional.of(JsonSchema.parse(schema.toString()).constraint());
  }

  private static String[] stop(JsonObject request) {
    JsonElement stop = request.get("stop");
    if (stop == null || stop.isJsonNull()) {
      return new String[0];
    }
    return stop.isJsonArray()
        ? texts(request, "stop").toArray(String[]::new)
        : new String[] {text(request, "stop")};
  }
}
