package io.telecomllm.examples.service;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import com.sun.net.httpserver.HttpExchange;
import io.telecomllm.generation.FinishReason;
import io.telecomllm.generation.GeneratedToken;
import io.telecomllm.generation.Generation;
import io.telecomllm.generation.GenerationConfig;
import io.telecomllm.generation.GenerationListener;
import io.telecomllm.generation.constraint.Constraint;
import io.telecomllm.generation.schema.JsonSchema;
import io.telecomllm.inference.OpenAnswer;
import io.telecomllm.inference.TelecomAnswerer;
import io.telecomllm.prompt.Message;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * OpenAI's chat completions. What a request asks for and this service has not is refused by name;
 * the last response has the references as a field of its own.
 */
final class Completions {
  private static final String MODEL = "telecom-llm";

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

  private final TelecomAnswerer answerer;

  Completions(TelecomAnswerer answerer) {
    this.answerer = answerer;
  }

  static byte[] models() {
    JsonObject model = new JsonObject();
    model.addProperty("id", MODEL);
    model.addProperty("object", "model");
    model.addProperty("created", 0);
    model.addProperty("owned_by", MODEL);
    JsonArray all = new JsonArray();
    all.add(model);
    JsonObject response = new JsonObject();
    response.addProperty("object", "list");
    response.add("data", all);
    return response.toString().getBytes(StandardCharsets.UTF_8);
  }

  void complete(JsonObject request, HttpExchange exchange) throws IOException {
    for (String field : request.keySet()) {
      check(KNOWN.contains(field), field + ": this service does not have it");
    }
    check(number(request, "n", 1) == 1, "n: must be 1");
    List<Message> messages = messages(request);
    GenerationConfig config = config(request);
    boolean logprobs = flag(request, "logprobs");
    if (flag(request, "stream")) {
      JsonElement options = request.get("stream_options");
      check(
          options == null || options.isJsonNull() || options.isJsonObject(),
          "stream_options: expected an object");
      boolean usage =
          options != null
              && options.isJsonObject()
              && flag(options.getAsJsonObject(), "include_usage");
      new Stream(exchange, logprobs, usage).answer(messages, config);
      return;
    }
    OpenAnswer answer = answerer.ask(messages, config, GenerationListener.NONE);
    JsonObject message = new JsonObject();
    message.addProperty("role", "assistant");
    message.addProperty("content", answer.text());
    JsonObject choice = choice("message", message);
    choice.addProperty("finish_reason", reason(answer.generation()));
    if (logprobs) {
      choice.add("logprobs", logprobs(answer.generation().tokens()));
    }
    JsonObject response = response(newId(), "chat.completion", choice);
    response.add("usage", usage(answer.generation()));
    response.add("references", references(answer));
    Http.send(exchange, response);
  }

  /** A response as server-sent events. */
  private final class Stream {
    private final String id = newId();
    private final HttpExchange exchange;
    private final boolean logprobs;
    private final boolean withUsage;

    Stream(HttpExchange exchange, boolean logprobs, boolean withUsage) {
      this.exchange = exchange;
      this.logprobs = logprobs;
      this.withUsage = withUsage;
    }

    void answer(List<Message> messages, GenerationConfig config) throws IOException {
      OpenAnswer answer =
          answerer.ask(
              messages,
              config,
              new GenerationListener() {
                @Override
                public void generated(GeneratedToken token) {
                  JsonObject delta = new JsonObject();
                  delta.addProperty("content", token.text());
                  JsonObject choice = choice("delta", delta);
                  choice.add("finish_reason", JsonNull.INSTANCE);
                  if (logprobs) {
                    choice.add("logprobs", logprobs(List.of(token)));
                  }
                  send(response(id, "chat.completion.chunk", choice));
                }
              });
      JsonObject choice = choice("delta", new JsonObject());
      choice.addProperty("finish_reason", reason(answer.generation()));
      JsonObject last = response(id, "chat.completion.chunk", choice);
      last.add("references", references(answer));
      send(last);
      if (withUsage) {
        JsonObject usage = response(id, "chat.completion.chunk");
        usage.add("usage", usage(answer.generation()));
        send(usage);
      }
      write("data: [DONE]\n\n");
      exchange.getResponseBody().close();
    }

    /** A client that is gone ends the answer: what this throws reaches the generator. */
    private void send(JsonObject chunk) {
      write("data: " + chunk + "\n\n");
    }

    private void write(String event) {
      try {
        if (exchange.getResponseCode() < 0) {
          // not before there is something to say, so that a refusal can be one
          exchange.getResponseHeaders().set("Content-Type", "text/event-stream");
          exchange.getResponseHeaders().set("Cache-Control", "no-cache");
          exchange.sendResponseHeaders(200, 0);
        }
        OutputStream out = exchange.getResponseBody();
        out.write(event.getBytes(StandardCharsets.UTF_8));
        out.flush();
      } catch (IOException e) {
        throw new UncheckedIOException("the client is gone", e);
      }
    }
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

  private static JsonObject choice(String name, JsonObject content) {
    JsonObject choice = new JsonObject();
    choice.addProperty("index", 0);
    choice.add(name, content);
    return choice;
  }

  private static JsonObject response(String id, String type, JsonObject... choices) {
    JsonArray all = new JsonArray();
    for (JsonObject choice : choices) {
      all.add(choice);
    }
    JsonObject response = new JsonObject();
    response.addProperty("id", id);
    response.addProperty("object", type);
    response.addProperty("created", Instant.now().getEpochSecond());
    response.addProperty("model", MODEL);
    response.add("choices", all);
    return response;
  }

  private static String newId() {
    return "chatcmpl-" + UUID.randomUUID();
  }

  private static String reason(Generation generation) {
    return generation.finishReason() == FinishReason.STOP
        ? "stop"
        : FinishReason.LENGTH.name().toLowerCase(Locale.ROOT);
  }

  private static JsonObject usage(Generation generation) {
    Generation.Usage usage = generation.usage();
    JsonObject cached = new JsonObject();
    cached.addProperty("cached_tokens", usage.cached());
    JsonObject json = new JsonObject();
    json.addProperty("prompt_tokens", usage.prompt());
    json.addProperty("completion_tokens", usage.generated());
    json.addProperty("total_tokens", usage.prompt() + usage.generated());
    json.add("prompt_tokens_details", cached);
    return json;
  }

  private static JsonObject logprobs(List<GeneratedToken> tokens) {
    JsonArray all = new JsonArray();
    for (GeneratedToken token : tokens) {
      JsonObject entry = new JsonObject();
      entry.addProperty("token", token.text());
      entry.addProperty("logprob", token.logProbability());
      entry.add("bytes", JsonNull.INSTANCE);
      entry.add("top_logprobs", new JsonArray());
      all.add(entry);
    }
    JsonObject json = new JsonObject();
    json.add("content", all);
    return json;
  }

  private static JsonArray references(OpenAnswer answer) {
    JsonArray all = new JsonArray();
    for (int i = 0; i < answer.references().size(); i++) {
      JsonObject entry = new JsonObject();
      entry.addProperty("number", i + 1);
      entry.addProperty("clause", answer.references().get(i).clause().id());
      entry.addProperty("text", answer.references().get(i).clause().text());
      entry.addProperty("cited", answer.cited().contains(i + 1));
      all.add(entry);
    }
    return all;
  }

  static String text(JsonObject object, String name) {
    JsonElement text = object.get(name);
    check(
        text != null && text.isJsonPrimitive() && text.getAsJsonPrimitive().isString(),
        name + ": expected a text");
    return text.getAsString();
  }

  private static double number(JsonObject object, String name, double otherwise) {
    JsonElement number = object.get(name);
    if (number == null || number.isJsonNull()) {
      return otherwise;
    }
    check(
        number.isJsonPrimitive() && number.getAsJsonPrimitive().isNumber(),
        name + ": expected a number");
    return number.getAsDouble();
  }

  private static int whole(JsonObject object, String name, int otherwise) {
    double number = number(object, name, otherwise);
    check(number == Math.rint(number), name + ": expected a whole number");
    return (int) number;
  }

  private static boolean flag(JsonObject object, String name) {
    JsonElement flag = object.get(name);
    if (flag == null || flag.isJsonNull()) {
      return false;
    }
    check(
        flag.isJsonPrimitive() && flag.getAsJsonPrimitive().isBoolean(),
        name + ": expected true or false");
    return flag.getAsBoolean();
  }

  static List<String> texts(JsonObject object, String name) {
    JsonElement list = object.get(name);
    if (list == null || !list.isJsonArray()) {
      throw new IllegalArgumentException(name + ": expected a list of texts");
    }
    List<String> texts = new ArrayList<>();
    for (JsonElement text : list.getAsJsonArray()) {
      check(
          text.isJsonPrimitive() && text.getAsJsonPrimitive().isString(),
          name + ": expected a list of texts");
      texts.add(text.getAsString());
    }
    return texts;
  }

  private static void check(boolean valid, String message) {
    if (!valid) {
      throw new IllegalArgumentException(message);
    }
  }
}
