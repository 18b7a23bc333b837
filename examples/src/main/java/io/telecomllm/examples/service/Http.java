package io.telecomllm.examples.service;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import io.telecomllm.BusyException;
import io.telecomllm.DeadlineException;
import io.telecomllm.InvalidDataException;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.function.Function;

/** JSON over the JDK's HTTP server, with errors in OpenAI's form. */
final class Http {
  /** More than a million characters of question. */
  private static final int MAX_REQUEST = 8 << 20;

  private static final String NO_PATH = "there is no such path";

  private Http() {}

  /** Answers one request; what it throws becomes an error response. */
  @FunctionalInterface
  interface Action {
    void run(JsonObject request, HttpExchange exchange) throws IOException;
  }

  /** Returns a handler of POST requests whose body is a JSON object. */
  static HttpHandler post(String path, Action action) {
    return exchange -> {
      try (exchange) {
        if (!exchange.getRequestURI().getPath().equals(path)) {
          error(exchange, 404, NO_PATH);
          return;
        }
        if (!exchange.getRequestMethod().equals("POST")) {
          exchange.getResponseHeaders().set("Allow", "POST");
          error(exchange, 405, "this path takes POST");
          return;
        }
        try {
          action.run(body(exchange), exchange);
        } catch (RuntimeException e) {
          if (exchange.getResponseCode() >= 0) {
            // the response has begun; that it ends early says that something went wrong
            throw e;
          }
          refuse(exchange, e);
        }
      }
    };
  }

  private static void refuse(HttpExchange exchange, RuntimeException e) throws IOException {
    String message = String.valueOf(e.getMessage());
    if (e instanceof IllegalArgumentException
        || e instanceof InvalidDataException
        || e instanceof JsonParseException) {
      error(exchange, 400, message);
    } else if (e instanceof BusyException
        || e instanceof DeadlineException
        || e instanceof IllegalStateException) {
      exchange.getResponseHeaders().set("Retry-After", "1");
      error(exchange, 503, message);
    } else {
      error(exchange, 500, message);
    }
  }

  /** Returns a handler of GET requests for exactly this path. */
  static HttpHandler get(String path, String type, Function<HttpExchange, byte[]> content) {
    return exchange -> {
      try (exchange) {
        boolean found = exchange.getRequestURI().getPath().equals(path);
        if (!found || !exchange.getRequestMethod().equals("GET")) {
          error(exchange, found ? 405 : 404, found ? "this path takes GET" : NO_PATH);
          return;
        }
        send(exchange, 200, type, content.apply(exchange));
      }
    };
  }

  private static JsonObject body(HttpExchange exchange) throws IOException {
    byte[] bytes = exchange.getRequestBody().readNBytes(MAX_REQUEST + 1);
    if (bytes.length > MAX_REQUEST) {
      throw new IllegalArgumentException("the request has over " + MAX_REQUEST + " bytes");
    }
    JsonElement json = JsonParser.parseString(new String(bytes, StandardCharsets.UTF_8));
    if (!json.isJsonObject()) {
      throw new IllegalArgumentException("the request is no JSON object");
    }
    return json.getAsJsonObject();
  }

  static void send(HttpExchange exchange, JsonObject json) throws IOException {
    send(exchange, 200, "application/json", json.toString().getBytes(StandardCharsets.UTF_8));
  }

  private static void send(HttpExchange exchange, int status, String type, byte[] content)
      throws IOException {
    exchange.getResponseHeaders().set("Content-Type", type);
    exchange.sendResponseHeaders(status, content.length);
    try (OutputStream out = exchange.getResponseBody()) {
      out.write(content);
    }
  }

  private static void error(HttpExchange exchange, int status, String message) throws IOException {
    JsonObject error = new JsonObject();
    error.addProperty("message", message);
    error.addProperty("type", status < 500 ? "invalid_request_error" : "server_error");
    JsonObject response = new JsonObject();
    response.add("error", error);
    send(
        exchange, status, "application/json", response.toString().getBytes(StandardCharsets.UTF_8));
  }
}
