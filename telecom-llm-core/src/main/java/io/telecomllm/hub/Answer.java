package io.telecomllm.hub;

import java.net.URI;
import java.net.http.HttpHeaders;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * An answer after all redirects, with its body still to come.
 *
 * @param uri where it came from
 * @param own whether that is the endpoint itself
 * @param linkedEtag what the endpoint said the content's etag is, without quotes
 */
record Answer(
    URI uri,
    boolean own,
    int status,
    HttpHeaders headers,
    Optional<String> linkedEtag,
    BodyQueue body)
    implements AutoCloseable {

  OptionalLong length() {
    String text = header("content-length").orElse("");
    return text.matches("\\d{1,18}") ? OptionalLong.of(Long.parseLong(text)) : OptionalLong.empty();
  }

  Optional<String> header(String name) {
    return headers.firstValue(name);
  }

  /** A strong etag as the server wrote it, which a later If-Range may repeat. */
  Optional<String> strongEtag() {
    return header("etag").filter(etag -> etag.matches("\"[!#-~]{1,200}\""));
  }

  @Override
  public void close() {
    body.close();
  }
}
