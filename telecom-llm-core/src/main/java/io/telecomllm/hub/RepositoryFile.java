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
 * @param size in bytes
 * @param etag what names its content: the sha256 of a large file, git's own sha1 of a small one
 */
record RepositoryFile(String name, long size, String etag) {
  /** Larger than any checkpoint, and small enough to add up. */
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

  /** A digest that has to end in the etag. */
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
