package io.telecomllm.files.http;

import static com.google.common.base.Preconditions.checkArgument;

import io.telecomllm.text.Quoted;
import java.net.URI;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * A server by its address: the only one that sees the access token.
 *
 * @param base the address that requests begin with, without a final slash
 */
public record HttpOrigin(URI base) {
  private static final int HTTPS_PORT = 443;
  private static final int HTTP_PORT = 80;
  private static final int MAX_PORT = 65_535;

  /** Checks that the address is one of http or https, without user, query and fragment. */
  public HttpOrigin {
    checkArgument(
        (isScheme(base, "https") || isScheme(base, "http"))
            && base.getHost() != null
            && base.getRawUserInfo() == null
            && base.getRawQuery() == null
            && base.getRawFragment() == null,
        "endpoint is %s, must be http(s)://host[:port][/path]",
        text(base));
  }

  /** From text, whose final slashes do not count. */
  public static HttpOrigin of(String text) {
    return new HttpOrigin(URI.create(text.strip().replaceAll("/+$", "")));
  }

  /** The address of something on the server; the path begins with a slash. */
  public URI resolve(String path) {
    return URI.create(base + path);
  }

  /** Whether an address is on this very host and port, by the same scheme. */
  public boolean owns(URI uri) {
    return base.getScheme().equalsIgnoreCase(uri.getScheme())
        && base.getHost().equalsIgnoreCase(uri.getHost())
        && port(base) == port(uri);
  }

  /** Whether a redirect may lead there: by https anywhere, by http only where this is by http. */
  public boolean allows(URI uri) {
    if (uri.getHost() == null || uri.getRawUserInfo() != null || uri.getPort() > MAX_PORT) {
      return false;
    }
    if (isScheme(uri, "https") || owns(uri)) {
      return true;
    }
    return isScheme(uri, "http")
        && isScheme(base, "http")
        && isLoopback(base.getHost())
        && isLoopback(uri.getHost());
  }

  private static int port(URI uri) {
    if (uri.getPort() >= 0) {
      return uri.getPort();
    }
    return isScheme(uri, "https") ? HTTPS_PORT : HTTP_PORT;
  }

  private static boolean isScheme(URI uri, String scheme) {
    return scheme.equalsIgnoreCase(uri.getScheme());
  }

  /** By the text: a name is not looked up. */
  private static boolean isLoopback(@Nullable String host) {
    return host != null
        && (host.toLowerCase(Locale.ROOT).equals("localhost")
            || host.equals("[::1]")
            || host.matches("127(\\.\\d{1,3}){3}"));
  }

  /** An address for an error: a signed query and a password in it are nobody's business. */
  public static String text(URI uri) {
    return Quoted.line(
        uri.getScheme() + "://" + uri.getHost() + (uri.getPort() < 0 ? "" : ":" + uri.getPort()));
  }
}
