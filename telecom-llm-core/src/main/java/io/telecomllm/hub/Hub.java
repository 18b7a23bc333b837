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

/** Sends requests to the hub and follows its redirects. */
final class Hub {
  /** The most bytes of a listing: several times that of the largest repository. */
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

  /** Returns what a repository holds at a revision. */
  Listing listing(String repository, String revision) throws InterruptedException {
    URI uri = endpoint.listing(repository, revision);
    Attempts attempts = Attempts.firstContact(uri, policy());
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
                    // a silent server times out, a slow one does not
                    System.nanoTime() + Long.MAX_VALUE / 2);
        return Listing.parse(StrictJson.parseObject(uri.toString(), bytes));
      } catch (IOException e) {
        attempts.failed(e);
      }
    }
  }

  /** Sends a GET request; {@code ifRange} holds the header If-Range for each origin. */
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
   * Returns the etag of the content according to the hub, without quotes: X-Linked-Etag if it
   * redirects to the content, otherwise its own first etag.
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

  /** Returns a strong etag as the server wrote it, for a later If-Range. */
  static Optional<String> strongEtag(HttpAnswer answer) {
    return answer.header("etag").filter(etag -> etag.matches("\"[!#-~]{1,200}\""));
  }
}
