package io.telecomllm.files;

import io.telecomllm.InvalidDataException;
import io.telecomllm.StorageException;
import io.telecomllm.TelecomLlmException;
import io.telecomllm.files.FileOperations.Kind;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Supplier;

/**
 * The operations on a disk. What fails is a {@link StorageException} that names the path and the
 * operation; what is damaged is an {@link InvalidDataException}.
 */
public final class Disk {
  /** The disk of this machine. */
  public static final Disk REAL = new Disk(FileOperations.real());

  private static final int BUFFER = 1 << 16;

  private final FileOperations operations;

  /** A disk with these operations. */
  public Disk(FileOperations operations) {
    this.operations = operations;
  }

  /** A file's size in bytes and its SHA-256, 64 hexadecimal digits in lower case. */
  public record Digest(long size, String sha256) {}

  private interface Operation<T> {
    T run() throws IOException;
  }

  private interface Act {
    void run() throws IOException;
  }

  /** Opens a lock file, and creates it where there is none. */
  FileChannel openLock(Path file) {
    // a pipe would block for ever
    if (kind(file) != Kind.NOTHING) {
      requireFile(file);
    }
    return call(file, "be opened", () -> operations.openLock(file));
  }

  /** Creates a folder and those above it where there are none, and returns its real path. */
  public Path createFolders(Path folder) {
    return call(folder, "be created as a folder", () -> operations.createFolders(folder));
  }

  /** Creates a folder that is not there. */
  public void createFolder(Path folder) {
    act(folder, "be created", () -> operations.createFolder(folder));
  }

  /** What lies under a path; links are not followed. */
  public Kind kind(Path path) {
    return call(path, "be examined", () -> operations.kind(path));
  }

  /** What a folder holds, in the order of the names. */
  public List<Path> list(Path folder) {
    return call(folder, "be listed", () -> operations.list(folder));
  }

  /** Lets a writer write a file or a folder of files. */
  public void write(Path path, ContentWriter content) {
    act(path, "be written", () -> operations.write(path, content));
  }

  /** Waits until a file's bytes, or a folder's names, are on the disk. */
  public void force(Path path) {
    act(path, "be forced to the disk", () -> operations.force(path));
  }

  /** Cuts a file to its first bytes in one step. */
  public void truncate(Path file, long bytes) {
    act(file, "be cut to " + bytes + " bytes", () -> operations.truncate(file, bytes));
  }

  /** Renames in one step; the target is not there. */
  public void rename(Path from, Path to) {
    act(from, "be renamed to " + to.getFileName(), () -> operations.rename(from, to));
  }

  /** A small file as a whole; what is not a regular file, or longer, is damaged. */
  public byte[] read(Path file, int maxBytes) {
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
  public Digest digest(Path file, long maxBytes) {
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
  public void deleteTree(Path path) {
    if (kind(path) == Kind.FOLDER) {
      list(path).forEach(this::deleteTree);
    }
    act(path, "be deleted", () -> operations.delete(path));
  }

  /** Removes what an attempt left, where that is possible, after it failed. */
  public void deleteAfter(Throwable failure, Path path) {
    try {
      if (kind(path) != Kind.NOTHING) {
        deleteTree(path);
      }
    } catch (RuntimeException e) {
      failure.addSuppressed(e);
    }
  }

  /** An empty SHA-256 digest. */
  public static MessageDigest sha256() {
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

  /** The error for an operation, such as "be written", that failed; an interrupt is no failure. */
  static TelecomLlmException failure(Path path, String what, Exception e) {
    String cannot = path + ": cannot " + what + ": ";
    return e instanceof ClosedByInterruptException
        ? new TelecomLlmException(cannot + "the thread was interrupted", e)
        : new StorageException(cannot + e, e);
  }

  /**
   * Checks that the disk of a folder has room.
   *
   * @param what says in the error what takes the bytes, such as "a checkpoint takes"
   * @throws StorageException naming the folder and both sizes, if it has less
   */
  public static void requireRoom(Path folder, long bytes, String what) {
    try {
      long free = Files.getFileStore(folder).getUsableSpace();
      if (free < bytes) {
        throw new StorageException(
            folder + ": " + what + " " + bytes + " bytes, the disk has " + free + " free");
      }
    } catch (IOException e) {
      throw new StorageException(folder + ": its free space cannot be read: " + e, e);
    }
  }

  /**
   * Runs an action that writes although its thread is interrupted, which would close every channel;
   * the thread is interrupted afterwards if it was before.
   */
  public static <T> T uninterrupted(Supplier<T> action) {
    boolean interrupted = Thread.interrupted();
    try {
      return action.get();
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  /** Makes a rename in the folder of a file durable; only POSIX lets a program open a folder. */
  public static void forceParent(Path file) throws IOException {
    Path parent = file.toAbsolutePath().getParent();
    if (parent != null && parent.getFileSystem().supportedFileAttributeViews().contains("posix")) {
      FileOperations.real().force(parent);
    }
  }

  /** A part of a name that no other process or call uses, such as {@code .tmp-4711-1f3a}. */
  public static String temporarySuffix(String word) {
    return String.format(
        Locale.ROOT,
        ".%s-%d-%x",
        word,
        ProcessHandle.current().pid(),
        ThreadLocalRandom.current().nextLong());
  }
}
