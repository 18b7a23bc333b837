package io.telecomllm.training.tracking;

import io.telecomllm.InvalidDataException;
import io.telecomllm.files.http.CarefulHttp;
import io.telecomllm.files.http.HttpAnswer;
import io.telecomllm.files.http.HttpOrigin;
import io.telecomllm.files.http.RetryPolicy;
import io.telecomllm.json.JsonText;
import io.telecomllm.json.JsonView;
import io.telecomllm.json.StrictJson;
import io.telecomllm.text.Quoted;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/** A client of MLflow's REST API 2.0: one request at a time, with a timeout. */
final class MlflowApi {
  private static final int MOST_BYTES = 1 << 20;

  private static final int MOST_CHARACTERS = 300;
  private static final int MOST_ATTEMPTS = 100;
  private static final Duration FIRST_PAUSE = Duration.ofMillis(250);
  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(30);

  private final Duration timeout;
  private final CarefulHttp http;

  MlflowApi(URI server, Optional<String> authorization, Duration timeout) {
    this.timeout = timeout;
    this.http =
        new CarefulHttp(
            HttpOrigin.of(server.toString()),
            authorization,
            new RetryPolicy(MOST_ATTEMPTS, FIRST_PAUSE, LONGEST_PAUSE, timeout, timeout),
            // no redirect is followed: MLflow has no other servers
            0);
  }

  /** Returns how long to wait after a number of consecutive failures. */
  Duration pause(int failures) {
    return http.policy().pause(failures);
  }

  /** The server cannot answer now; trying again may help. */
  private static final class Temporary extends IOException {
    private static final long serialVersionUID = 1;

    Temporary(String message) {
      super(message);
    }
  }

  /** The server understood the request and refuses it; trying again is of no use. */
  static final class Refused extends Exception {
    private static final long serialVersionUID = 1;
    private final String code;

    Refused(String message, String code) {
      super(message);
      this.code = code;
    }

    /**
     * Returns MLflow's error code, such as {@code RESOURCE_DOES_NOT_EXIST}; empty if it gave none.
     */
    String code() {
      return code;
    }
  }

  JsonView get(String call, Map<String, String> query)
      throws IOException, Refused, InterruptedException {
    StringBuilder parameters = new StringBuilder();
    query.forEach(
        (name, value) ->
            parameters
                .append(parameters.length() == 0 ? '?' : '&')
                .append(name)
                .append('=')
                // in forms + means a space, in addresses it does not
                .append(URLEncoder.encode(value, StandardCharsets.UTF_8).replace("+", "%20")));
    return send(call, () -> http.get(address(call + parameters), uri -> Map.of()));
  }

  JsonView post(String call, Map<String, ?> body)
      throws IOException, Refused, InterruptedException {
    return send(call, () -> http.post(address(call), JsonText.line(body)));
  }

  private URI address(String call) {
    return http.origin().resolve("/api/2.0/mlflow/" + call);
  }

  private interface Request {
    HttpAnswer send() throws IOException, InterruptedException;
  }

  private JsonView send(String call, Request request)
      throws IOException, Refused, InterruptedException {
    // the timeout includes reading the body
    long deadline = System.nanoTime() + timeout.toNanos();
    try (HttpAnswer answer = request.send()) {
      byte[] body = answer.body().bytes(call, MOST_BYTES, timeout, deadline);
      return read(call, answer.status(), body);
    } catch (HttpTimeoutException e) {
      throw new IOException(call + ": no answer within " + timeout.toMillis() + " ms", e);
    } catch (InvalidDataException e) {
      throw new IOException(e.getMessage(), e);
    } catch (Temporary e) {
      throw e;
    } catch (IOException e) {
      throw new IOException(call + ": " + e, e);
    }
  }

  private static JsonView read(String call, int status, byte[] body) throws IOException, Refused {
    if (status == 200) {
      return body.length == 0 ? JsonView.of(call, Map.of()) : StrictJson.parseObject(call, body);
    }
    String code = "";
    String text = "";
    try {
      JsonView json = StrictJson.parseObject(call, body);
      code = json.optionalString("error_code").orElse("");
      text = json.optionalString("message").orElse("");
    } catch (InvalidDataException e) {
      // a page of a proxy before MLflow: its status says enough
      text = "";
    }
    String message =
        call + ": status " + status + " " + code + " " + Quoted.line(text, MOST_CHARACTERS);
    if (status >= 500 || status == 408 || status == 429) {
      throw new Temporary(message.strip());
    }
    throw new Refused(message.strip(), code);
  }
}
