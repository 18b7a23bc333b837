package io.telecomllm.training.checkpoint;

import io.telecomllm.InvalidDataException;
import io.telecomllm.TelecomLlmException;
import io.telecomllm.training.checkpoint.FileOperations.Kind;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;

/** The operations on the disk; what fails is an error that names the path and the operation. */
final class Disk {
  private static final int BUFFER = 1 << 16;

  private final FileOperations operations;

  Disk(FileOperations operations) {
    this.operations = operations;
  }

  /** A file's size in bytes and its SHA-256, 64 hexadecimal digits in lower case. */
  record Digest(long size, String sha256) {}

  private interface Operation<T> {
    T run() throws IOException;
  }

  private interface Act {
    void run() throws IOException;
  }

  FileChannel openLock(Path file) {
    // a pipe would block for ever
    if (kind(file) != Kind.NOTHING) {
      requireFile(file);
    }
    return call(file, "be opened", () -> operations.openLock(file));
  }

  Path createFolders(Path folder) {
    return call(folder, "be created as a folder", () -> operations.createFolders(folder));
  }

  void createFolder(Path folder) {
    act(folder, "be created", () -> operations.createFolder(folder));
  }

  Kind kind(Path path) {
    return call(path, "be examined", () -> operations.kind(path));
  }

  List<Path> list(Path folder) {
    return call(folder, "be listed", () -> operations.list(folder));
  }

  void write(Path path, ContentWriter content) {
    act(path, "be written", () -> operations.write(path, content));
  }

  void force(Path path) {
    act(path, "be forced to the disk", () -> operations.force(path));
  }

  void rename(Path from, Path to) {
    act(from, "be renamed to " + to.getFileName(), () -> operations.rename(from, to));
  }

  /** A small file as a whole; what is not a regular file, or longer, is damaged. */
  byte[] read(Path file, int maxBytes) {
    requireFile(file);
    return call(
        file,
        "be read",
        () -> {
          try (InputStream in = operations.read(file)) {
            byte[] bytes = in.readNBytes(maxBytes + 1);
            if (bytes.length > maxBytes) {
              throw new InvalidDataException(file + ": more than " + maxBytes + " bytes");
            }
            return bytes;
          }
        });
  }

  /** Reads a regular file through, and stops soon after {@code maxBytes}. */
  Digest digest(Path file, long maxBytes) {
    requireFile(file);
    return call(
        file,
        "be read",
        () -> {
          MessageDigest digest = sha256();
          byte[] buffer = new byte[BUFFER];
          long size = 0;
          try (InputStream in = operations.read(file)) {
            int count = 0;
            while (count >= 0 && size <= maxBytes) {
              digest.update(buffer, 0, count);
              size += count;
              count = in.read(buffer);
            }
          }
          return new Digest(size, HexFormat.of().formatHex(digest.digest()));
        });
  }

  private void requireFile(Path file) {
    Kind kind = kind(file);
    if (kind == Kind.NOTHING) {
      throw new InvalidDataException(file + ": no such file");
    }
    if (kind != Kind.FILE) {
      throw new InvalidDataException(
          file
              + ": expected a file, found "
              + (kind == Kind.FOLDER ? "a folder" : "a link or a device"));
    }
  }

  /** Deletes a file, a link, or a folder with all that lies in it; links are not followed. */
  void deleteTree(Path path) {
    if (kind(path) == Kind.FOLDER) {
      list(path).forEach(this::deleteTree);
    }
    act(path, "be deleted", () -> operations.delete(path));
  }

  /** Removes what an attempt left, where that is possible, after it failed. */
  void deleteAfter(Throwable failure, Path path) {
    try {
      if (kind(path) != Kind.NOTHING) {
        deleteTree(path);
      }
    } catch (RuntimeException e) {
      failure.addSuppressed(e);
    }
  }

  static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }

  private static void act(Path path, String what, Act act) {
    call(
        path,
        what,
        () -> {
          act.run();
          return path;
        });
  }

  private static <T> T call(Path path, String what, Operation<T> operation) {
    try {
      return operation.run();
    } catch (IOException e) {
      throw failure(path, what, e);
    } catch (UncheckedIOException | DirectoryIteratorException e) {
      throw failure(path, what, e.getCause() instanceof IOException cause ? cause : e);
    }
  }

  private static TelecomLlmException failure(Path path, String what, Exception e) {
    String why =
        e instanceof ClosedByInterruptException ? "the thread was interrupted" : e.toString();
    return new TelecomLlmException(path + ": cannot " + what + ": " + why, e);
  }
}
