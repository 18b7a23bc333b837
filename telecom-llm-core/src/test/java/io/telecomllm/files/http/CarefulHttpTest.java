package io.telecomllm.files.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import io.telecomllm.InvalidDataException;
import io.telecomllm.TelecomLlmException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class CarefulHttpTest {
  private static final RetryPolicy FAST =
      new RetryPolicy(
          3,
          Duration.ofMillis(1),
          Duration.ofMillis(5),
          Duration.ofSeconds(30),
          Duration.ofSeconds(30));

  private final List<String> seen = new CopyOnWriteArrayList<>();
  private HttpServer server;
  private HttpServer other;

  @BeforeEach
  void start() throws IOException {
    server = started();
    other = started();
  }

  private HttpServer started() throws IOException {
    HttpServer made =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    int port = made.getAddress().getPort();
    made.createContext(
        "/",
        exchange -> {
          String path = exchange.getRequestURI().getPath();
          seen.add(
              (made == server ? "server" : "other")
                  + path
                  + " "
                  + exchange.getRequestHeaders().getFirst("Authorization"));
          byte[] body = exchange.getRequestBody().readAllBytes();
          if (path.equals("/away")) {
            exchange
                .getResponseHeaders()
                .set("Location", "http://127.0.0.1:" + other.getAddress().getPort() + "/there");
            exchange.sendResponseHeaders(302, -1);
          } else if (path.equals("/round")) {
            exchange.getResponseHeaders().set("Location", "http://127.0.0.1:" + port + "/round");
            exchange.sendResponseHeaders(307, -1);
          } else if (path.equals("/silent")) {
            exchange.sendResponseHeaders(200, 0);
            exchange.getResponseBody().write('x');
            exchange.getResponseBody().flush();
            return;
          } else {
            byte[] answer = path.equals("/echo") ? body : path.getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(200, answer.length);
            exchange.getResponseBody().write(answer);
          }
          exchange.close();
        });
    made.start();
    return made;
  }

  @AfterEach
  void stop() {
    server.stop(0);
    other.stop(0);
  }

  private CarefulHttp client(int redirects) {
    return new CarefulHttp(
        HttpOrigin.of("http://127.0.0.1:" + server.getAddress().getPort() + "/"),
        Optional.of("Bearer secret"),
        FAST,
        redirects);
  }

  private static HttpAnswer get(CarefulHttp http, String path)
      throws IOException, InterruptedException {
    return http.get(http.origin().resolve(path), uri -> Map.of());
  }

  private static String text(HttpAnswer answer) throws IOException, InterruptedException {
    byte[] bytes =
        answer.body().bytes("it", 100, FAST.idleTimeout(), System.nanoTime() + 60_000_000_000L);
    return new String(bytes, StandardCharsets.UTF_8);
  }

  @Test
  void theTokenStaysWithTheServer() throws Exception {
    try (HttpAnswer answer = get(client(5), "/away")) {
      assertThat(text(answer)).isEqualTo("/there");
      assertThat(answer.own()).isFalse();
      assertThat(answer.ownHeaders()).hasSize(1);
    }
    assertThat(seen).containsExactly("server/away Bearer secret", "other/there null");
  }

  @Test
  void redirectsAreFewAndMayBeAnswers() throws Exception {
    CarefulHttp http = client(2);
    assertThatThrownBy(() -> get(http, "/round"))
        .isInstanceOf(TelecomLlmException.class)
        .hasMessage(http.origin().resolve("/round") + ": more than 2 redirects");
    assertThat(seen).hasSize(3);
    try (HttpAnswer answer = get(client(0), "/away")) {
      assertThat(answer.status()).isEqualTo(302);
    }
    assertThat(HttpOrigin.of("https://a.example").allows(URI.create("http://a.example/x")))
        .isFalse();
  }

  @Test
  void bodiesAreBoundedInBytesAndTime() throws Exception {
    CarefulHttp http = client(0);
    try (HttpAnswer answer = http.post(http.origin().resolve("/echo"), "x".repeat(101))) {
      assertThatThrownBy(() -> text(answer))
          .isInstanceOf(InvalidDataException.class)
          .hasMessage("it: the answer is longer than 100 bytes");
    }
    try (HttpAnswer answer = http.post(http.origin().resolve("/echo"), "{}")) {
      assertThat(text(answer)).isEqualTo("{}");
    }
    try (HttpAnswer answer = get(http, "/silent")) {
      assertThatThrownBy(
              () ->
                  answer
                      .body()
                      .bytes("it", 9, Duration.ofMillis(50), System.nanoTime() + 60_000_000_000L))
          .isInstanceOf(HttpTimeoutException.class)
          .hasMessage("the server was silent for 50 ms");
    }
    try (HttpAnswer answer = get(http, "/silent")) {
      assertThatThrownBy(
              () ->
                  answer.body().bytes("it", 9, Duration.ofHours(1), System.nanoTime() + 50_000_000))
          .isInstanceOf(HttpTimeoutException.class);
    }
  }

  @Test
  void anInterruptEndsIt() throws Exception {
    try (HttpAnswer answer = get(client(0), "/silent")) {
      Thread.currentThread().interrupt();
      assertThatThrownBy(() -> text(answer)).isInstanceOf(InterruptedException.class);
    }
  }

  @Test
  void attemptsGiveUp() throws Exception {
    Attempts attempts = new Attempts(URI.create("http://a.example/x"), FAST);
    attempts.failed(new IOException("one"));
    attempts.progressed();
    attempts.failed(new RetryLaterException("busy", Duration.ofMillis(2)));
    attempts.failed(new IOException("three"));
    assertThatThrownBy(() -> attempts.failed(new IOException("four\n")))
        .isInstanceOf(UnreachableException.class)
        .hasMessage("http://a.example/x: given up after 3 attempts: four?");
  }

  @Test
  void aFirstContactThatFailsIsSaidSoon() throws Exception {
    URI uri = URI.create("http://a.example/x");
    Attempts refused = Attempts.firstContact(uri, FAST);
    refused.failed(new ConnectException("refused"));
    assertThatThrownBy(() -> refused.failed(new ConnectException("refused")))
        .isInstanceOf(UnreachableException.class)
        .hasMessage("http://a.example/x: given up after 2 attempts: refused");
    Attempts silent = Attempts.firstContact(uri, FAST);
    assertThatThrownBy(() -> silent.failed(new HttpConnectTimeoutException("timed out")))
        .isInstanceOf(UnreachableException.class);
    Attempts broken = Attempts.firstContact(uri, FAST);
    broken.failed(new IOException("reset"));
    broken.failed(new IOException("reset"));
    // the first attempt, its pause, and the second
    RetryPolicy policy = RetryPolicy.DEFAULT;
    assertThat(policy.connectTimeout()).isLessThan(Duration.ofSeconds(5));
    assertThat(policy.pause(1)).isLessThan(Duration.ofSeconds(5));
  }
}
