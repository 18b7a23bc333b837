package io.telecomllm.examples.service;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.telecomllm.inference.TelecomAnswerer;
import io.telecomllm.knowledge.Clause;
import io.telecomllm.knowledge.KnowledgeBase;
import io.telecomllm.model.LanguageModel;
import io.telecomllm.prompt.ChatTemplate;
import io.telecomllm.prompt.OpenPrompt;
import io.telecomllm.testing.TinyModel;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The service by HTTP, with a random model whose tokens are bytes. */
@Timeout(60)
class ChatServerTest {
  private static LanguageModel model;
  private static KnowledgeBase base;
  private static TelecomAnswerer answerer;
  private static ChatServer server;
  private final HttpClient client = HttpClient.newHttpClient();

  @BeforeAll
  static void start() {
    model = TinyModel.load(500);
    base =
        KnowledgeBase.of(
            List.of(new Clause("TS 23.501", "", "", "6.2.1", "AMF", "It manages mobility.", "")));
    answerer =
        TelecomAnswerer.on(model)
            .prompt(TinyModel.prompt())
            .openPrompt(new OpenPrompt(ChatTemplate.CHAT_ML, "Answer."))
            .knowledge(base)
            .texts(1)
            .build();
    server = ChatServer.start(answerer, 0);
  }

  @AfterAll
  static void stop() {
    server.close();
    answerer.close();
    base.close();
    model.close();
  }

  private static URI uri(String path) {
    return URI.create("http://localhost:" + server.port() + path);
  }

  private HttpResponse<String> post(String path, String body) throws Exception {
    return client.send(
        HttpRequest.newBuilder(uri(path)).POST(HttpRequest.BodyPublishers.ofString(body)).build(),
        BodyHandlers.ofString());
  }

  private static JsonObject json(HttpResponse<String> response) {
    return JsonParser.parseString(response.body()).getAsJsonObject();
  }

  private static final String ASKED =
      "\"messages\": [{\"role\": \"system\", \"content\": \"Be brief.\"},"
          + " {\"role\": \"user\", \"content\": [{\"type\": \"text\", \"text\": \"What is the AMF?\"}]}],"
          + " \"max_tokens\": 20, \"temperature\": 0.9, \"seed\": 4";

  @Test
  void aStreamIsTheWholeAnswerInPieces() throws Exception {
    HttpResponse<String> whole =
        post("/v1/chat/completions", "{" + ASKED + ", \"logprobs\": true}");
    assertThat(whole.statusCode()).as(whole.body()).isEqualTo(200);
    JsonObject choice = json(whole).getAsJsonArray("choices").get(0).getAsJsonObject();
    String text = choice.getAsJsonObject("message").get("content").getAsString();
    assertThat(choice.get("finish_reason").getAsString()).isEqualTo("length");
    assertThat(choice.getAsJsonObject("logprobs").getAsJsonArray("content")).hasSize(20);
    JsonObject usage = json(whole).getAsJsonObject("usage");
    assertThat(usage.get("completion_tokens").getAsInt()).isEqualTo(20);
    assertThat(usage.get("total_tokens").getAsInt())
        .isEqualTo(20 + usage.get("prompt_tokens").getAsInt());
    JsonObject reference = json(whole).getAsJsonArray("references").get(0).getAsJsonObject();
    assertThat(reference.get("clause").getAsString()).contains("23.501", "6.2.1");

    HttpResponse<String> streamed =
        post(
            "/v1/chat/completions",
            "{" + ASKED + ", \"stream\": true, \"stream_options\": {\"include_usage\": true}}");
    assertThat(streamed.headers().firstValue("Content-Type")).hasValue("text/event-stream");
    List<String> events = List.of(streamed.body().split("\n\n"));
    assertThat(events.get(events.size() - 1)).isEqualTo("data: [DONE]");
    StringBuilder joined = new StringBuilder();
    List<String> reasons = new ArrayList<>();
    for (String event : events.subList(0, events.size() - 1)) {
      JsonObject chunk = JsonParser.parseString(event.substring(6)).getAsJsonObject();
      for (JsonElement element : chunk.getAsJsonArray("choices")) {
        JsonObject delta = element.getAsJsonObject().getAsJsonObject("delta");
        joined.append(delta.has("content") ? delta.get("content").getAsString() : "");
        JsonElement reason = element.getAsJsonObject().get("finish_reason");
        reasons.add(reason.isJsonNull() ? "" : reason.getAsString());
      }
    }
    assertThat(joined.toString()).isEqualTo(text);
    assertThat(reasons.get(reasons.size() - 1)).isEqualTo("length");
    assertThat(reasons.subList(0, reasons.size() - 1)).containsOnly("");
    JsonObject last =
        JsonParser.parseString(events.get(events.size() - 2).substring(6)).getAsJsonObject();
    assertThat(last.getAsJsonArray("choices")).isEmpty();
    assertThat(last.getAsJsonObject("usage").get("completion_tokens").getAsInt()).isEqualTo(20);
  }

  @Test
  void aSchemaHoldsTheAnswer() throws Exception {
    String format =
        ", \"response_format\": {\"type\": \"json_schema\", \"json_schema\": {\"schema\": %s}}}";
    String schema =
        "{\"type\": \"object\", \"required\": [\"core\"],"
            + " \"properties\": {\"core\": {\"type\": \"boolean\"}}}";
    HttpResponse<String> response =
        post("/v1/chat/completions", "{" + ASKED.replace("20", "60") + format.formatted(schema));
    JsonObject choice = json(response).getAsJsonArray("choices").get(0).getAsJsonObject();
    String text = choice.getAsJsonObject("message").get("content").getAsString();
    assertThat(JsonParser.parseString(text).getAsJsonObject().get("core").isJsonPrimitive())
        .isTrue();
    HttpResponse<String> refused =
        post("/v1/chat/completions", "{" + ASKED + format.formatted("{\"pattern\": \"a\"}"));
    assertThat(refused.statusCode()).isEqualTo(400);
    assertThat(refused.body()).contains("pattern");
  }

  /** The only slot is free again for the next question. */
  @Test
  void aClientThatIsGoneEndsItsAnswer() throws Exception {
    HttpRequest request =
        HttpRequest.newBuilder(uri("/v1/chat/completions"))
            .POST(
                HttpRequest.BodyPublishers.ofString(
                    "{\"messages\": [{\"role\": \"user\", \"content\": \"a\"}],"
                        + " \"max_tokens\": 400, \"stop\": [\"never written\"], \"stream\": true}"))
            .build();
    for (int i = 0; i < 5; i++) {
      try (InputStream events = client.send(request, BodyHandlers.ofInputStream()).body()) {
        assertThat(events.readNBytes(6)).isEqualTo("data: ".getBytes(StandardCharsets.UTF_8));
      }
    }
    assertThat(post("/v1/chat/completions", "{" + ASKED + "}").statusCode()).isEqualTo(200);
  }

  @Test
  void choosesBetweenOptions() throws Exception {
    HttpResponse<String> response =
        post("/v1/choices", "{\"question\": \"What is it?\", \"options\": [\"this\", \"that\"]}");
    JsonObject json = json(response);
    assertThat(json.getAsJsonArray("probabilities")).hasSize(2);
    assertThat(json.get("text").getAsString())
        .isEqualTo(json.get("option").getAsInt() == 1 ? "this" : "that");
  }

  @Test
  void refusalsAreErrorsInOpenAisForm() throws Exception {
    String user = "{\"messages\": [{\"role\": \"user\", \"content\": \"a\"}]";
    Map<String, String> wrong =
        Map.ofEntries(
            Map.entry("{", "End of input"),
            Map.entry("[]", "the request is no JSON object"),
            Map.entry("{}", "messages: expected a list"),
            Map.entry("{\"messages\": []}", "there is no message"),
            Map.entry("{\"messages\": [1]}", "messages: expected objects"),
            Map.entry(
                "{\"messages\": [{\"role\": \"tool\", \"content\": \"a\"}]}",
                "role is tool, must be system, developer, user or assistant"),
            Map.entry(
                "{\"messages\": [{\"role\": \"user\", \"content\": [{\"type\": \"image_url\"}]}]}",
                "content: this service reads text only"),
            Map.entry(user + ", \"tools\": []}", "tools: this service does not have it"),
            Map.entry(user + ", \"n\": 2}", "n: must be 1"),
            Map.entry(user + ", \"stream\": \"yes\"}", "stream: expected true or false"),
            Map.entry(
                user + ", \"stream\": true, \"stream_options\": 3}",
                "stream_options: expected an object"),
            Map.entry(user + ", \"stop\": [null]}", "stop: expected a list of texts"),
            Map.entry(user + ", \"stop\": {}}", "stop: expected a text"),
            Map.entry(user + ", \"max_tokens\": 2.5}", "max_tokens: expected a whole number"),
            Map.entry(user + ", \"seed\": 1e999}", "seed: expected a whole number"),
            Map.entry(user + ", \"temperature\": \"hot\"}", "temperature: expected a number"),
            Map.entry(user + ", \"temperature\": -1}", "temperature is -1.0, must be 0 to 100"),
            Map.entry(user + ", \"max_tokens\": 0}", "maxNewTokens is 0, must be 1 to 2^20"));
    for (Map.Entry<String, String> each : wrong.entrySet()) {
      HttpResponse<String> response = post("/v1/chat/completions", each.getKey());
      assertThat(response.statusCode()).as(each.getKey()).isEqualTo(400);
      JsonObject error = json(response).getAsJsonObject("error");
      assertThat(error.get("message").getAsString()).contains(each.getValue());
      assertThat(error.get("type").getAsString()).isEqualTo("invalid_request_error");
    }
  }

  @Test
  void thePageAndTheModelsAreThere() throws Exception {
    HttpResponse<String> page = get("/");
    assertThat(page.statusCode()).isEqualTo(200);
    assertThat(page.body()).contains("<title>Ask a telecom question</title>");
    assertThat(get("/v1/models").body()).contains("\"object\":\"list\"");
    assertThat(get("/nothing").statusCode()).isEqualTo(404);
    assertThat(post("/v1/choiceszzz", "{}").statusCode()).isEqualTo(404);
    for (String options : new String[] {"[null, \"a\"]", "[{}]", "[[\"a\"]]", "3"}) {
      HttpResponse<String> refused =
          post("/v1/choices", "{\"question\": \"?\", \"options\": " + options + "}");
      assertThat(refused.statusCode()).isEqualTo(400);
      assertThat(refused.body()).contains("options: expected a list of texts");
    }
    assertThat(get("/v1/choices").statusCode()).isEqualTo(405);
  }

  private HttpResponse<String> get(String path) throws IOException, InterruptedException {
    return client.send(HttpRequest.newBuilder(uri(path)).build(), BodyHandlers.ofString());
  }
}
