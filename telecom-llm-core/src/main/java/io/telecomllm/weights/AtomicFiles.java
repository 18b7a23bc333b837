package io.telecomllm.weights;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.ThreadLocalRandom;

/** Files that appear under their name whole or not at all. */
public final class AtomicFiles {
  private static final int MAX_WRITE = 1 << 20;

  private AtomicFiles() {}

  /** Writes what a file shall hold. */
  @FunctionalInterface
  interface Content {
    void writeTo(FileChannel out) throws IOException;
  }

  /** Writes a small file; see {@link #write(Path, Content)}. */
  public static void write(Path file, byte[] content) throws IOException {
    write(file, out -> write(out, ByteBuffer.wrap(content)));
  }

  /**
   * Writes a file beside its target, forces it to disk and renames it; an older file of the name
   * stays until then. A process that is killed leaves at most a file {@code name.tmp-pid-random}.
   */
  static void write(Path file, Content content) throws IOException {
    Path target = file.toAbsolutePath();
    Path temporary =
        target.resolveSibling(
            target.getFileName()
                + ".tmp-"
                + ProcessHandle.current().pid()
                + "-"
                + Long.toHexString(ThreadLocalRandom.current().nextLong()));
    try {
      try (FileChannel out =
          FileChannel.open(temporary, StandardOpenOption.WRITE, StandardOpenOption.CREATE_NEW)) {
        content.writeTo(out);
        out.force(true);
      }
      Files.move(temporary, target, StandardCopyOption.ATOMIC_MOVE);
      forceFolder(target);
    } catch (IOException | RuntimeException | Error e) {
      deleteAfter(e, temporary);
      throw e;
    }
  }

  /** Writes all that remains of the buffer. */
  static void write(FileChannel out, ByteBuffer bytes) throws IOException {
    int limit = bytes.limit();
    while (bytes.position() < limit) {
      // the JDK copies heap buffers through a direct one of the same size, kept per thread
      bytes.limit((int) Math.min(limit, (long) bytes.position() + MAX_WRITE));
      out.write(bytes);
    }
  }

  /** Makes the rename itself durable. */
  private static void forceFolder(Path target) throws IOException {
    Path folder = target.getParent();
    if (folder != null) {
      try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
        channel.force(true);
      }
    }
  }

  private static void deleteAfter(Throwable cause, Path temporary) {
    try {
      Files.deleteIfExists(temporary);
    } catch (IOException e) {
      cause.addSuppressed(e);
    }
  }
}
