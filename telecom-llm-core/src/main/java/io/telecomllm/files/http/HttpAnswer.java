package io.telecomllm.files.http;

import java.net.URI;
import java.net.http.HttpHeaders;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * An answer after all redirects, with its body still to come.
 *
 * @param uri where it came from
 * @param own whether that is the server that was asked first
 * @param status the HTTP status
 * @param headers those of the last answer
 * @param ownHeaders those of each answer of the server itself, redirects included, the first first
 * @param body to be read by one thread
 */
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

  /** The number of bytes that the server promises; empty if it promises none. */
  public OptionalLong length() {
    String text = header("content-length").orElse("");
    return text.matches("\\d{1,18}") ? OptionalLong.of(Long.parseLong(text)) : OptionalLong.empty();
  }

  /** The first header of that name. */
  public Optional<String> header(String name) {
    return headers.firstValue(name);
  }

  /** Ends the connection if the server has more to say. */
  @Override
  public void close() {
    body.close();
  }
}
