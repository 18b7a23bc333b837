package io.telecomllm.hub;

import io.telecomllm.InvalidDataException;
import io.telecomllm.TelecomLlmException;
import io.telecomllm.json.StrictJson;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.http.HttpClient;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Asks the hub, and follows where it points, by hand: the token stays with the endpoint. */
final class Hub {
  /** Several times the list of the largest repository. */
  static final int MAX_LISTING_BYTES = 1 << 24;

  private static final int MAX_REDIRECTS = 5;
  private static final List<Integer> REDIRECTS = List.of(301, 302, 303, 307, 308);

  private final Endpoint endpoint;
  private final Optional<Token> token;
  private final RetryPolicy policy;
  private final HttpClient client;

  Hub(Endpoint endpoint, Optional<Token> token, RetryPolicy policy) {
    this.endpoint = endpoint;
    this.token = token;
    this.policy = policy;
    this.client =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .followRedirects(HttpClient.Redirect.NEVER)
            .connectTimeout(policy.connectTimeout())
            .build();
  }

  Endpoint endpoint() {
    return endpoint;
  }

  boolean withToken() {
    return token.isPresent();
  }

  RetryPolicy policy() {
    return policy;
  }

  /** What the repository holds at the revision. */
  Listing listing(String repository, String revision) throws InterruptedException {
    URI uri = endpoint.listing(repository, revision);
    Attempts attempts = new Attempts(uri, policy);
    while (true) {
      try (Answer answer = get(uri, Map.of(), Map.of())) {
        Statuses.check(answer, uri, repository + " at " + revision, token.isPresent());
        return Listing.parse(StrictJson.parseObject(uri.toString(), bytes(uri, answer)));
      } catch (IOException e) {
        attempts.failed(e);
      }
    }
  }

  private byte[] bytes(URI uri, Answer answer) throws IOException, InterruptedException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    while (true) {
      List<ByteBuffer> buffers = answer.body().next(policy.idleTimeout());
      if (buffers.isEmpty()) {
        return bytes.toByteArray();
      }
      for (ByteBuffer buffer : buffers) {
        if (buffer.remaining() > MAX_LISTING_BYTES - bytes.size()) {
          throw new InvalidDataException(
              uri + ": the answer is longer than " + MAX_LISTING_BYTES + " bytes");
        }
        byte[] piece = new byte[buffer.remaining()];
        buffer.get(piece);
        bytes.writeBytes(piece);
      }
    }
  }

  /** Gets an address; {@code ifRange} holds what If-Range says to which origin. */
  Answer get(URI start, Map<String, String> headers, Map<String, String> ifRange)
      throws IOException, InterruptedException {
    URI uri = start;
    Optional<String> etag = Optional.empty();
    for (int hop = 0; hop <= MAX_REDIRECTS; hop++) {
      boolean own = endpoint.owns(uri);
      HttpResponse<BodyQueue> response = send(uri, own, headers, ifRange);
      if (own) {
        etag = fileEtag(response.headers(), etag);
      }
      if (!REDIRECTS.contains(response.statusCode())) {
        return new Answer(
            uri, own, response.statusCode(), response.headers(), etag, response.body());
      }
      response.body().close();
      uri = target(start, uri, response.headers().firstValue("location").orElse(""));
    }
    throw new TelecomLlmException(start + ": more than " + MAX_REDIRECTS + " redirects");
  }

  private HttpResponse<BodyQueue> send(
      URI uri, boolean own, Map<String, String> headers, Map<String, String> ifRange)
      throws IOException, InterruptedException {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(uri)
            .timeout(policy.idleTimeout())
            .header("User-Agent", "telecom-llm")
            // a packed body has another length and another digest
            .header("Accept-Encoding", "identity");
    headers.forEach(request::header);
    String condition = ifRange.get(Endpoint.origin(uri));
    if (condition != null) {
      request.header("If-Range", condition);
    }
    if (own && token.isPresent()) {
      request.header("Authorization", token.get().header());
    }
    return client.send(request.build(), info -> new BodyQueue());
  }

  /** X-Linked-Etag is the content's where the endpoint only points at it. */
  private static Optional<String> fileEtag(HttpHeaders headers, Optional<String> before) {
    return headers
        .firstValue("x-linked-etag")
        .or(() -> before)
        .or(() -> headers.firstValue("etag"))
        .map(etag -> etag.replaceFirst("^W/", "").replace("\"", ""));
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
    if (!endpoint.allows(to)) {
      throw new TelecomLlmException(
          start
              + ": refuses the redirect to "
              + Endpoint.origin(to)
              + ", which is neither https nor the endpoint");
    }
    return to;
  }
}
