package io.telecomllm.hub;

import static com.google.common.base.Preconditions.checkArgument;

import io.telecomllm.text.Quoted;
import java.net.URI;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The hub's address: the only one that sees the token.
 *
 * @param base without a final slash
 */
record Endpoint(URI base) {
  private static final int HTTPS_PORT = 443;
  private static final int HTTP_PORT = 80;
  private static final int MAX_PORT = 65_535;

  Endpoint {
    checkArgument(
        (isScheme(base, "https") || isScheme(base, "http"))
            && base.getHost() != null
            && base.getRawUserInfo() == null
            && base.getRawQuery() == null
            && base.getRawFragment() == null,
        "endpoint is %s, must be http(s)://host[:port][/path]",
        origin(base));
  }

  /** From text as in HF_ENDPOINT. */
  static Endpoint of(String text) {
    return new Endpoint(URI.create(text.strip().replaceAll("/+$", "")));
  }

  URI listing(String repository, String revision) {
    return URI.create(
        base + "/api/models/" + repository + "/revision/" + Names.encode(revision) + "?blobs=true");
  }

  URI file(String repository, String commit, String file) {
    return URI.create(
        base + "/" + repository + "/resolve/" + commit + "/" + Names.encodePath(file));
  }

  /** Whether an address is on this very host and port, by the same scheme. */
  boolean owns(URI uri) {
    return base.getScheme().equalsIgnoreCase(uri.getScheme())
        && base.getHost().equalsIgnoreCase(uri.getHost())
        && port(base) == port(uri);
  }

  /** Whether a redirect may lead there: by https anywhere, by http only where this is by http. */
  boolean allows(URI uri) {
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
  static String origin(URI uri) {
    return Quoted.line(
        uri.getScheme() + "://" + uri.getHost() + (uri.getPort() < 0 ? "" : ":" + uri.getPort()));
  }
}
