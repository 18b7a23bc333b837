package io.telecomllm.training.tracking;

import com.google.gson.Gson;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonPrimitive;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** MLflow's REST API 2.0: one request at a time, its time bounded. */
final class MlflowApi {
  private static final int MOST_BYTES = 1 << 20;

  private final URI server;
  private final Optional<String> authorization;
  private final Duration timeout;
  // redirects are not followed: the token is for this server
  private final HttpClient client;

  MlflowApi(URI server, Optional<String> authorization, Duration timeout) {
    this.server = server;
    this.authorization = authorization;
    this.timeout = timeout;
    this.client =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(timeout)
            .followRedirects(HttpClient.Redirect.NEVER)
            .build();
  }

  /** The server understood and says no: asking again is of no use. */
  static final class Refused extends Exception {
    private static final long serialVersionUID = 1;
    private final String code;

    Refused(String message, String code) {
      super(message);
      this.code = code;
    }

    /** MLflow's word, such as {@code RESOURCE_DOES_NOT_EXIST}; empty where it gave none. */
    String code() {
      return code;
    }
  }

  JsonObject get(String call, Map<String, String> query)
      throws IOException, Refused, InterruptedException {
    StringBuilder parameters = new StringBuilder();
    query.forEach(
        (name, value) ->
            parameters
                .append(parameters.length() == 0 ? '?' : '&')
                .append(name)
                .append('=')
                // a form has + for a space, which an address has not
                .append(URLEncoder.encode(value, StandardCharsets.UTF_8).replace("+", "%20")));
    return send(call, request(call + parameters).GET());
  }

  JsonObject post(String call, JsonElement body) throws IOException, Refused, InterruptedException {
    return send(
        call,
        request(call)
            .header("Content-Type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofString(new Gson().toJson(body))));
  }

  private HttpRequest.Builder request(String call) {
    String base = server.toString().replaceAll("/+$", "");
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(base + "/api/2.0/mlflow/" + call));
    authorization.ifPresent(value -> request.header("Authorization", value));
    return request;
  }

  private JsonObject send(String call, HttpRequest.Builder request)
      throws IOException, Refused, InterruptedException {
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    HttpResponse.BodyHandler<Void> bounded =
        HttpResponse.BodyHandlers.ofByteArrayConsumer(
            part ->
                part.ifPresent(
                    bytes -> {
                      // an answer without end is cut here, and ended by the timeout
                      body.write(bytes, 0, Math.min(bytes.length, MOST_BYTES - body.size()));
                    }));
    // a request's own timeout ends with the headers; this one counts the body too
    CompletableFuture<HttpResponse<Void>> answer = client.sendAsync(request.build(), bounded);
    try {
      int status = answer.get(timeout.toMillis(), TimeUnit.MILLISECONDS).statusCode();
      return read(call, status, body.toString(StandardCharsets.UTF_8));
    } catch (TimeoutException e) {
      throw new IOException(call + ": no answer within " + timeout.toMillis() + " ms", e);
    } catch (ExecutionException e) {
      throw new IOException(call + ": " + e.getCause(), e);
    } finally {
      answer.cancel(true);
    }
  }

  private static JsonObject read(String call, int status, String body) throws IOException, Refused {
    JsonObject json = new JsonObject();
    try {
      JsonObject parsed = new Gson().fromJson(body, JsonObject.class);
      json = parsed == null ? json : parsed;
    } catch (JsonParseException e) {
      if (status == 200) {
        throw new IOException(call + ": the answer is not JSON", e);
      }
    }
    if (status == 200) {
      return json;
    }
    String code = word(json, "error_code");
    String message = call + ": status " + status + " " + code + " " + word(json, "message");
    if (status >= 500 || status == 408 || status == 429) {
      throw new IOException(message.strip());
    }
    throw new Refused(message.strip(), code);
  }

  /** A field's text, at most 300 characters; empty where there is none. */
  static String word(JsonObject json, String field) {
    String text = json.get(field) instanceof JsonPrimitive value ? value.getAsString() : "";
    return text.length() > 300 ? text.substring(0, 300) + "..." : text;
  }
}
