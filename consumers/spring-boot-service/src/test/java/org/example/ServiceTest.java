package org.example;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.telecomllm.inference.Answer;
import io.telecomllm.inference.AnswerListener;
import io.telecomllm.inference.TelecomAnswerer;
import io.telecomllm.model.LanguageModel;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.springframework.boot.SpringApplication;
import org.springframework.context.ConfigurableApplicationContext;

/** The service as its callers see it. */
@Timeout(120)
class ServiceTest {
  private static final String QUESTION =
      "{\"question\": \"Which function registers a UE?\", \"options\": [\"the AMF\", \"the UPF\"]}";

  private final HttpClient client = HttpClient.newHttpClient();
  private ConfigurableApplicationContext context;
  private String address;

  @BeforeEach
  void start() {
    context = SpringApplication.run(Service.class, "--server.port=0", "--telecom.threshold=0");
    address = "http://localhost:" + context.getEnvironment().getProperty("local.server.port");
  }

  @AfterEach
  void stop() {
    context.close();
  }

  private HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(URI.create(address + path)).timeout(Duration.ofSeconds(60));
  }

  private HttpRequest posting(String path, String json) {
    return request(path)
        .header("Content-Type", "application/json")
        .POST(HttpRequest.BodyPublishers.ofString(json))
        .build();
  }

  private HttpResponse<String> post(String path, String json) throws Exception {
    return client.send(posting(path, json), HttpResponse.BodyHandlers.ofString());
  }

  private HttpResponse<String> get(String path) throws Exception {
    return client.send(request(path).build(), HttpResponse.BodyHandlers.ofString());
  }

  @Test
  void answersTicketsHealthAndMetrics() throws Exception {
    HttpResponse<String> answer = post("/answers", QUESTION);
    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(answer.body()).contains("\"outcome\":\"given\"", "\"confidence\":0.");

    HttpResponse<String> patch =
        post("/tickets", "{\"id\": \"7\", \"description\": \"No signal, call +49 151 12345678.\"}");
    assertThat(patch.statusCode()).isEqualTo(200);
    assertThat(patch.headers().firstValue("Content-Type"))
        .hasValueSatisfying(type -> assertThat(type).startsWith("application/merge-patch+json"));
    assertThat(patch.body())
        .contains("\"note\":[", "\"telecomLlm.routing\"", "\"telecomLlm.choice\"")
        .contains("{\"name\":\"telecomLlm.redacted\",\"valueType\":\"boolean\",\"value\":true");

    HttpResponse<String> health = get("/actuator/health");
    assertThat(health.statusCode()).isEqualTo(200);
    assertThat(health.body()).contains("\"answerer\":{\"status\":\"UP\",\"details\":{\"calls\":0}");
    assertThat(get("/actuator/health/readiness").statusCode()).isEqualTo(200);
    assertThat(get("/actuator/metrics/telecom.llm.choices?tag=outcome:given").body())
        .contains("{\"statistic\":\"COUNT\",\"value\":4.0}");
    assertThat(get("/actuator/metrics/telecom.llm.calls").body()).contains("\"value\":0.0");
  }

  @Test
  void wrongRequestsAreNamed() throws Exception {
    HttpResponse<String> empty = post("/tickets", "{\"id\": \"7\"}");
    assertThat(empty.statusCode()).isEqualTo(400);
    assertThat(empty.body()).contains("trouble ticket, field description: missing");
    HttpResponse<String> one = post("/answers", "{\"question\": \"?\", \"options\": [\"a\"]}");
    assertThat(one.statusCode()).isEqualTo(400);
    assertThat(post("/answers", "{\"question\": \"?\"}").body())
        .contains("question and options are required");
  }

  /** A request that has begun is answered while the service ends; then all is closed, in order. */
  @Test
  void endsGracefully() throws Exception {
    TelecomAnswerer answerer = context.getBean(TelecomAnswerer.class);
    LanguageModel model = context.getBean(LanguageModel.class);
    CountDownLatch begun = new CountDownLatch(1);
    CountDownLatch gate = new CountDownLatch(1);
    answerer.listen(
        new AnswerListener() {
          @Override
          public void answered(Answer answer, Duration time) {
            begun.countDown();
            try {
              gate.await();
            } catch (InterruptedException e) {
              throw new AssertionError(e);
            }
          }
        });
    CompletableFuture<HttpResponse<String>> answer =
        client.sendAsync(posting("/answers", QUESTION), HttpResponse.BodyHandlers.ofString());
    begun.await();
    CompletableFuture<Void> closing = CompletableFuture.runAsync(context::close);
    awaitRefused();
    assertThat(answer).isNotDone();
    assertThat(closing).isNotDone();
    gate.countDown();
    assertThat(answer.get().statusCode()).isEqualTo(200);
    closing.get();
    assertThatThrownBy(() -> answerer.answer("?", List.of("a", "b")))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("the answerer is closed");
    assertThatThrownBy(() -> TelecomAnswerer.on(model).build().answer("?", List.of("a", "b")))
        .isInstanceOf(IllegalStateException.class);
  }

  private void awaitRefused() throws Exception {
    for (int i = 0; i < 500; i++) {
      try {
        HttpClient.newHttpClient()
            .send(
                request("/actuator/health/liveness").timeout(Duration.ofSeconds(1)).build(),
                HttpResponse.BodyHandlers.ofString());
        Thread.sleep(20);
      } catch (IOException e) {
        return;
      }
    }
    throw new AssertionError("new requests are still taken");
  }
}
