package io.telecomllm.examples.service;

import com.google.gson.JsonArray;
import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import com.sun.net.httpserver.HttpExchange;
import io.telecomllm.generation.FinishReason;
import io.telecomllm.generation.GeneratedToken;
import io.telecomllm.generation.Generation;
import io.telecomllm.generation.GenerationListener;
import io.telecomllm.inference.OpenAnswer;
import io.telecomllm.inference.TelecomAnswerer;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.UUID;

/**
 * OpenAI's chat completions: whole, or streamed. The last response has the references as a field of
 * its own.
 */
final class Completions {
  private static final String MODEL = "telecom-llm";

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
    CompletionRequest asked = CompletionRequest.of(request);
    if (asked.stream()) {
      new Stream(exchange, asked).answer();
      return;
    }
    OpenAnswer answer = answerer.ask(asked.messages(), asked.config(), GenerationListener.NONE);
    JsonObject message = new JsonObject();
    message.addProperty("role", "assistant");
    message.addProperty("content", answer.text());
    JsonObject choice = choice("message", message);
    choice.addProperty("finish_reason", reason(answer.generation()));
    if (asked.logprobs()) {
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
    private final CompletionRequest asked;

    Stream(HttpExchange exchange, CompletionRequest asked) {
      this.exchange = exchange;
      this.asked = asked;
    }

    void answer() throws IOException {
      OpenAnswer answer =
          answerer.ask(
              asked.messages(),
              asked.config(),
              new GenerationListener() {
                @Override
                public void generated(GeneratedToken token) {
                  JsonObject delta = new JsonObject();
                  delta.addProperty("content", token.text());
                  JsonObject choice = choice("delta", delta);
                  choice.add("finish_reason", JsonNull.INSTANCE);
                  if (asked.logprobs()) {
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
      if (asked.usage()) {
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
}
