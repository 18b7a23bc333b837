package io.telecomllm.files;

import io.telecomllm.Internal;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;

/** Writes files that appear under their names whole or not at all. */
@Internal
public final class AtomicFiles {
  private static final int MAX_WRITE = 1 << 20;

  private AtomicFiles() {}

  /** Writes the content of a file. */
  @FunctionalInterface
  public interface Content {
    /** Writes all of it to the channel, which the caller closes. */
    void writeTo(FileChannel out) throws IOException;
  }

  /** Writes a small file; see {@link #write(Path, Content)}. */
  public static void write(Path file, byte[] content) {
    write(file, out -> write(out, ByteBuffer.wrap(content)));
  }

  /**
   * Writes a file next to its target, forces it to disk and renames it; an older file of that name
   * stays until then. A process that is killed leaves at most a file {@code name.tmp-pid-random}.
   *
   * @throws io.telecomllm.StorageException naming the file, if the disk refuses
   */
  public static void write(Path file, Content content) {
    try {
      writeAndRename(file, content);
    } catch (IOException e) {
      throw Disk.failure(file, "be written", e);
    }
  }

  private static void writeAndRename(Path file, Content content) throws IOException {
    Path target = file.toAbsolutePath();
    Path temporary = target.resolveSibling(target.getFileName() + Disk.temporarySuffix("tmp"));
    try {
      try (FileChannel out =
          FileChannel.open(temporary, StandardOpenOption.WRITE, StandardOpenOption.CREATE_NEW)) {
        content.writeTo(out);
        out.force(true);
      }
      Files.move(temporary, target, StandardCopyOption.ATOMIC_MOVE);
      Disk.forceParent(target);
    } catch (IOException | RuntimeException | Error e) {
      deleteAfter(e, temporary);
      throw e;
    }
  }

  /** Writes all that remains of the buffer. */
  public static void write(FileChannel out, ByteBuffer bytes) throws IOException {
    int limit = bytes.limit();
    while (bytes.position() < limit) {
      // the JDK copies heap buffers through a direct one of the same size, kept per thread
      bytes.limit((int) Math.min(limit, (long) bytes.position() + MAX_WRITE));
      out.write(bytes);
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
