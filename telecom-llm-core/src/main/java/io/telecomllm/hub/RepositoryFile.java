package io.telecomllm.hub;

import static com.google.common.base.Preconditions.checkArgument;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.regex.Pattern;

/**
 * A file of a repository at one commit.
 *
 * @param name its path in the repository
 * @param size its size in bytes
 * @param etag the digest of its content: sha256 for a large file, git's sha1 for a small one
 */
record RepositoryFile(String name, long size, String etag) {
  /** The largest size: larger than any checkpoint, and small enough that sums do not overflow. */
  static final long MAX_SIZE = 1L << 50;

  private static final Pattern SHA256 = Pattern.compile("[0-9a-f]{64}");
  private static final Pattern SHA1 = Pattern.compile("[0-9a-f]{40}");

  RepositoryFile {
    checkArgument(size >= 0 && size <= MAX_SIZE, "size is %s, must be 0 to %s", size, MAX_SIZE);
    checkArgument(isDigest(etag), "etag is %s, must be a sha1 or a sha256", etag);
  }

  static boolean isDigest(String etag) {
    return isSha256(etag) || SHA1.matcher(etag).matches();
  }

  static boolean isSha256(String etag) {
    return SHA256.matcher(etag).matches();
  }

  String algorithm() {
    return isSha256(etag) ? "sha256" : "git's sha1";
  }

  /** Returns a new digest, whose result must equal the etag. */
  MessageDigest newDigest() {
    try {
      if (isSha256(etag)) {
        return MessageDigest.getInstance("SHA-256");
      }
      MessageDigest digest = MessageDigest.getInstance("SHA-1");
      // https://git-scm.com/book/en/v2/Git-Internals-Git-Objects
      digest.update(("blob " + size + "\0").getBytes(StandardCharsets.US_ASCII));
      return digest;
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-1 and SHA-256", e);
    }
  }
}
