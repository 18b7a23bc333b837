package io.telecomllm.files.http;

import static com.google.common.base.Preconditions.checkArgument;

import io.telecomllm.Internal;
import io.telecomllm.text.Quoted;
import java.net.URI;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The address of the one server that sees a client's credentials.
 *
 * @param base the address that requests begin with, without a final slash
 */
@Internal
public record HttpOrigin(URI base) {
  private static final int HTTPS_PORT = 443;
  private static final int HTTP_PORT = 80;
  private static final int MAX_PORT = 65_535;

  /** Checks that the address is http or https, without user, query and fragment. */
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

  /** Parses an address; ignores slashes at its end. */
  public static HttpOrigin of(String text) {
    return new HttpOrigin(URI.create(text.strip().replaceAll("/+$", "")));
  }

  /** Returns an address on the server; the path must begin with a slash. */
  public URI resolve(String path) {
    return URI.create(base + path);
  }

  /** Returns whether an address has the same scheme, host and port. */
  public boolean owns(URI uri) {
    return base.getScheme().equalsIgnoreCase(uri.getScheme())
        && base.getHost().equalsIgnoreCase(uri.getHost())
        && port(base) == port(uri);
  }

  /**
   * Returns whether a redirect may lead to an address: any with https, this server's, or from one
   * loopback host to another.
   */
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

  /** Returns whether the text of a host names the loopback; nothing is looked up. */
  private static boolean isLoopback(@Nullable String host) {
    return host != null
        && (host.toLowerCase(Locale.ROOT).equals("localhost")
            || host.equals("[::1]")
            || host.matches("127(\\.\\d{1,3}){3}"));
  }

  /**
   * Returns scheme, host and port for a message, without a user or a query, which may be secret.
   */
  public static String text(URI uri) {
    return Quoted.line(
        uri.getScheme() + "://" + uri.getHost() + (uri.getPort() < 0 ? "" : ":" + uri.getPort()));
  }
}
