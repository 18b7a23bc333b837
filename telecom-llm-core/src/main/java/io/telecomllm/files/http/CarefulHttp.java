package io.telecomllm.files.http;

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
 * A client of one server. Its credentials go to that server alone, wherever a redirect leads;
 * redirects are few, and never lead from https to http. Connecting and silence are bounded by a
 * {@link RetryPolicy}; an interrupt ends a request at once. Safe for use by several threads.
 */
public final class CarefulHttp {
  private static final List<Integer> REDIRECTS = List.of(301, 302, 303, 307, 308);

  private final HttpOrigin origin;
  private final Optional<String> authorization;
  private final RetryPolicy policy;
  private final int maxRedirects;
  private final HttpClient client;

  /**
   * A client that has asked nothing yet.
   *
   * @param authorization the value of the header of that name
   * @param maxRedirects how many redirects a request follows; with 0 a redirect is an answer
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
            // followed by hand: the token stays with the server
            .followRedirects(HttpClient.Redirect.NEVER)
            .connectTimeout(policy.connectTimeout())
            .build();
  }

  /** The server. */
  public HttpOrigin origin() {
    return origin;
  }

  /** Its patience. */
  public RetryPolicy policy() {
    return policy;
  }

  /**
   * Gets an address, once.
   *
   * @param headers what a request to an address says; a redirect's target is asked about too
   * @throws IOException if the connection fails or the server is silent; trying again may help
   * @throws TelecomLlmException if a redirect leads where none may, or to too many others
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

  /** Posts JSON to an address of the server, once; a redirect is an answer. */
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
            // a packed body has another length and another digest
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
