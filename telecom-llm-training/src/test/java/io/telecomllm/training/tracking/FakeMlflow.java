package io.telecomllm.training.tracking;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** As much of an MLflow server as a tracker asks for; it behaves as it is told. */
final class FakeMlflow implements AutoCloseable {
  /** A request as it came. */
  record Request(String call, String query, String authorization, JsonObject body) {}

  /** An answer; that of a redirect is where to. */
  record Answer(int status, String body) {}

  /** Answers the n-th request of all, from 1; null for what a sound server says. */
  interface Behaviour {
    Answer answer(int number, Request request) throws IOException, InterruptedException;
  }

  static final Answer CLOSE = new Answer(0, "");
  static final Behaviour SOUND = (number, request) -> null;

  final List<Request> requests = new CopyOnWriteArrayList<>();
  private final HttpServer server;
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private volatile Behaviour behaviour;

  FakeMlflow(Behaviour behaviour) {
    this.behaviour = behaviour;
    try {
      server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    server.setExecutor(threads);
    server.createContext("/prefix/api/2.0/mlflow/", this::handle);
    server.start();
  }

  void behave(Behaviour value) {
    behaviour = value;
  }

  URI address() {
    return URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/prefix/");
  }

  List<Request> calls(String call) {
    return requests.stream().filter(r -> r.call().equals(call)).toList();
  }

  private void handle(HttpExchange exchange) throws IOException {
    String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
    Request request =
        new Request(
            exchange.getRequestURI().getPath().replace("/prefix/api/2.0/mlflow/", ""),
            String.valueOf(exchange.getRequestURI().getQuery()),
            String.valueOf(exchange.getRequestHeaders().getFirst("Authorization")),
            body.isEmpty() ? new JsonObject() : JsonParser.parseString(body).getAsJsonObject());
    requests.add(request);
    Answer answer;
    try {
      answer = behaviour.answer(requests.size(), request);
    } catch (InterruptedException e) {
      answer = CLOSE;
    }
    if (answer == null) {
      answer = new Answer(200, sound(request.call()));
    }
    if (answer.status() != 0) {
      if (answer.status() == 302) {
        exchange.getResponseHeaders().set("Location", answer.body());
      }
      byte[] bytes = answer.body().getBytes(StandardCharsets.UTF_8);
      exchange.sendResponseHeaders(answer.status(), bytes.length == 0 ? -1 : bytes.length);
      exchange.getResponseBody().write(bytes);
    }
    exchange.close();
  }

  private static String sound(String call) {
    return switch (call) {
      case "experiments/get-by-name" -> "{\"experiment\":{\"experiment_id\":\"7\"}}";
      case "experiments/create" -> "{\"experiment_id\":\"8\"}";
      case "runs/create" -> "{\"run\":{\"info\":{\"run_id\":\"abc123\"}}}";
      default -> "{}";
    };
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }
}
