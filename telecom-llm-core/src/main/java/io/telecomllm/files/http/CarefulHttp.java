package io.telecomllm.files.http;

import io.telecomllm.Internal;
import io.telecomllm.TelecomLlmException;
import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.http.HttpClient;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/**
 * An HTTP client of one server. It sends its credentials only to that server, wherever a redirect
 * leads; it follows a limited number of redirects, and none from https to http. A {@link
 * RetryPolicy} limits how long it waits for a connection and for a silent server; an interrupt ends
 * a request at once. Safe for use by several threads.
 */
@Internal
public final class CarefulHttp {
  private static final List<Integer> REDIRECTS = List.of(301, 302, 303, 307, 308);

  private final HttpOrigin origin;
  private final Optional<String> authorization;
  private final RetryPolicy policy;
  private final int maxRedirects;
  private final HttpClient client;

  /**
   * Creates a client; nothing is sent yet.
   *
   * @param authorization the value of the header Authorization
   * @param maxRedirects the most redirects that a request follows; with 0 a redirect is returned as
   *     an answer
   */
  public CarefulHttp(
      HttpOrigin origin, Optional<String> authorization, RetryPolicy policy, int maxRedirects) {
    this.origin = origin;
    this.authorization = authorization;
    this.policy = policy;
    this.maxRedirects = maxRedirects;
    this.client =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            // redirects are followed below, so that no other server gets the token
            .followRedirects(HttpClient.Redirect.NEVER)
            .connectTimeout(policy.connectTimeout())
            .build();
  }

  /** Returns the server. */
  public HttpOrigin origin() {
    return origin;
  }

  /** Returns the timeouts and pauses. */
  public RetryPolicy policy() {
    return policy;
  }

  /**
   * Sends a GET request once, and follows redirects.
   *
   * @param headers returns the headers for an address; called for the target of each redirect too
   * @throws IOException if the connection fails or the server is silent; trying again may help
   * @throws TelecomLlmException if a redirect leads to an address that is not allowed, or there are
   *     too many
   */
  public HttpAnswer get(URI start, Function<URI, Map<String, String>> headers)
      throws IOException, InterruptedException {
    URI uri = start;
    List<HttpHeaders> own = new ArrayList<>();
    for (int hop = 0; hop <= maxRedirects; hop++) {
      HttpResponse<HttpBody> response =
          client.send(request(uri, headers.apply(uri)).GET().build(), info -> new HttpBody());
      if (origin.owns(uri)) {
        own.add(response.headers());
      }
      if (maxRedirects == 0 || !REDIRECTS.contains(response.statusCode())) {
        return answer(uri, response, own);
      }
      response.body().close();
      uri = target(start, uri, response.headers().firstValue("location").orElse(""));
    }
    throw new TelecomLlmException(start + ": more than " + maxRedirects + " redirects");
  }

  /** Sends a POST request with JSON once; a redirect is returned as an answer. */
  public HttpAnswer post(URI uri, String json) throws IOException, InterruptedException {
    HttpRequest.Builder request =
        request(uri, Map.of("Content-Type", "application/json"))
            .POST(HttpRequest.BodyPublishers.ofString(json));
    HttpResponse<HttpBody> response = client.send(request.build(), info -> new HttpBody());
    return answer(uri, response, List.of());
  }

  private HttpAnswer answer(URI uri, HttpResponse<HttpBody> response, List<HttpHeaders> own) {
    return new HttpAnswer(
        uri, origin.owns(uri), response.statusCode(), response.headers(), own, response.body());
  }

  private HttpRequest.Builder request(URI uri, Map<String, String> headers) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(uri)
            .timeout(policy.idleTimeout())
            .header("User-Agent", "telecom-llm")
            // a compressed body has another length and another digest
            .header("Accept-Encoding", "identity");
    headers.forEach(request::header);
    if (origin.owns(uri)) {
      authorization.ifPresent(value -> request.header("Authorization", value));
    }
    return request;
  }

  private URI target(URI start, URI from, String location) throws IOException {
    URI to;
    try {
      to = from.resolve(new URI(location));
    } catch (URISyntaxException e) {
      throw new IOException("a redirect to what is no address", e);
    }
    if (location.isEmpty()) {
      throw new IOException("a redirect that does not say where to");
    }
    if (!origin.allows(to)) {
      throw new TelecomLlmException(
          start
              + ": refuses the redirect to "
              + HttpOrigin.text(to)
              + ", which is neither https nor the endpoint");
    }
    return to;
  }
}
