package io.telecomllm.hub;

import io.telecomllm.files.http.HttpOrigin;
import java.net.URI;

/**
 * The hub's address.
 *
 * @param origin the only server that sees the token
 */
record Endpoint(HttpOrigin origin) {
  /** Parses an address as in HF_ENDPOINT. */
  static Endpoint of(String text) {
    return new Endpoint(HttpOrigin.of(text));
  }

  URI listing(String repository, String revision) {
    return origin.resolve(
        "/api/models/" + repository + "/revision/" + Names.encode(revision) + "?blobs=true");
  }

  URI file(String repository, String commit, String file) {
    return origin.resolve("/" + repository + "/resolve/" + commit + "/" + Names.encodePath(file));
  }
}
