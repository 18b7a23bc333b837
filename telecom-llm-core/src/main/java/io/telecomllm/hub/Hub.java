package io.telecomllm.hub;

import io.telecomllm.files.http.Attempts;
import io.telecomllm.files.http.CarefulHttp;
import io.telecomllm.files.http.HttpAnswer;
import io.telecomllm.files.http.HttpOrigin;
import io.telecomllm.files.http.RetryPolicy;
import io.telecomllm.json.StrictJson;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpHeaders;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** Asks the hub, and follows where it points. */
final class Hub {
  /** Several times the list of the largest repository. */
  static final int MAX_LISTING_BYTES = 1 << 24;

  private static final int MAX_REDIRECTS = 5;

  private final Endpoint endpoint;
  private final Optional<Token> token;
  private final CarefulHttp http;

  Hub(Endpoint endpoint, Optional<Token> token, RetryPolicy policy) {
    this.endpoint = endpoint;
    this.token = token;
    this.http = new CarefulHttp(endpoint.origin(), token.map(Token::header), policy, MAX_REDIRECTS);
  }

  Endpoint endpoint() {
    return endpoint;
  }

  boolean withToken() {
    return token.isPresent();
  }

  RetryPolicy policy() {
    return http.policy();
  }

  /** What the repository holds at the revision. */
  Listing listing(String repository, String revision) throws InterruptedException {
    URI uri = endpoint.listing(repository, revision);
    Attempts attempts = new Attempts(uri, policy());
    while (true) {
      try (HttpAnswer answer = get(uri, Map.of(), Map.of())) {
        Statuses.check(answer, uri, repository + " at " + revision, token.isPresent());
        byte[] bytes =
            answer
                .body()
                .bytes(
                    uri.toString(),
                    MAX_LISTING_BYTES,
                    policy().idleTimeout(),
                    // silence is bounded, a slow line is not
                    System.nanoTime() + Long.MAX_VALUE / 2);
        return Listing.parse(StrictJson.parseObject(uri.toString(), bytes));
      } catch (IOException e) {
        attempts.failed(e);
      }
    }
  }

  /** Gets an address; {@code ifRange} holds what If-Range says to which origin. */
  HttpAnswer get(URI start, Map<String, String> headers, Map<String, String> ifRange)
      throws IOException, InterruptedException {
    return http.get(
        start,
        uri -> {
          Map<String, String> all = new LinkedHashMap<>(headers);
          String condition = ifRange.get(HttpOrigin.text(uri));
          if (condition != null) {
            all.put("If-Range", condition);
          }
          return all;
        });
  }

  /**
   * What the hub says the content's etag is, without quotes: X-Linked-Etag where it only points at
   * the content, else its own first etag.
   */
  static Optional<String> contentEtag(HttpAnswer answer) {
    Optional<String> etag = Optional.empty();
    for (HttpHeaders headers : answer.ownHeaders()) {
      Optional<String> before = etag;
      etag =
          headers
              .firstValue("x-linked-etag")
              .or(() -> before)
              .or(() -> headers.firstValue("etag"))
              .map(given -> given.replaceFirst("^W/", "").replace("\"", ""));
    }
    return etag;
  }

  /** A strong etag as the server wrote it, which a later If-Range may repeat. */
  static Optional<String> strongEtag(HttpAnswer answer) {
    return answer.header("etag").filter(etag -> etag.matches("\"[!#-~]{1,200}\""));
  }
}
