package io.telecomllm.files.http;

import io.telecomllm.Internal;
import java.net.URI;
import java.net.http.HttpHeaders;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * The answer to a request after all redirects, with a body that is still to be read. Close it to
 * end the connection.
 *
 * @param uri the address that it came from
 * @param own whether that address is on the client's own server
 * @param status the HTTP status
 * @param headers the headers of the last answer
 * @param ownHeaders the headers of each answer of the client's own server, including redirects, in
 *     order
 * @param body the body, for one thread
 */
@Internal
public record HttpAnswer(
    URI uri,
    boolean own,
    int status,
    HttpHeaders headers,
    List<HttpHeaders> ownHeaders,
    HttpBody body)
    implements AutoCloseable {
  /** Copies the list. */
  public HttpAnswer {
    ownHeaders = List.copyOf(ownHeaders);
  }

  /** Returns the length of the body that the server announced; empty if it announced none. */
  public OptionalLong length() {
    String text = header("content-length").orElse("");
    return text.matches("\\d{1,18}") ? OptionalLong.of(Long.parseLong(text)) : OptionalLong.empty();
  }

  /** Returns the first header of a name. */
  public Optional<String> header(String name) {
    return headers.firstValue(name);
  }

  /** Ends the connection if the body is not complete. */
  @Override
  public void close() {
    body.close();
  }
}
