package io.telecomllm.files;

import io.telecomllm.Internal;
import io.telecomllm.InvalidDataException;
import io.telecomllm.StorageException;
import io.telecomllm.TelecomLlmException;
import io.telecomllm.files.FileOperations.Kind;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
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
 * The operations on a disk. One that fails throws a {@link StorageException} that names the path
 * and the operation; a damaged file is an {@link InvalidDataException}.
 */
@Internal
public final class Disk {
  /** The disk of this machine. */
  public static final Disk REAL = new Disk(FileOperations.real());

  private static final int BUFFER = 1 << 16;

  private final FileOperations operations;

  /** Creates a disk with these operations. */
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

  /** Opens a lock file, creating it if there is none. */
  FileChannel openLock(Path file) {
    // a pipe would block forever
    if (kind(file) != Kind.NOTHING) {
      requireFile(file);
    }
    return call(file, "be opened", () -> operations.openLock(file));
  }

  /** Opens a file to append to, for an {@link AppendedFile}, whose errors say what is written. */
  OutputStream append(Path file) throws IOException {
    return operations.append(file);
  }

  /** Creates a folder and its parents if they do not exist, and returns its real path. */
  public Path createFolders(Path folder) {
    return call(folder, "be created as a folder", () -> operations.createFolders(folder));
  }

  /** Creates a folder that does not exist. */
  public void createFolder(Path folder) {
    act(folder, "be created", () -> operations.createFolder(folder));
  }

  /** Returns the kind of a path; links are not followed. */
  public Kind kind(Path path) {
    return call(path, "be examined", () -> operations.kind(path));
  }

  /** Returns the entries of a folder, sorted by name. */
  public List<Path> list(Path folder) {
    return call(folder, "be listed", () -> operations.list(folder));
  }

  /** Writes a file or a folder of files by a writer. */
  public void write(Path path, ContentWriter content) {
    act(path, "be written", () -> operations.write(path, content));
  }

  /** Waits until a file's bytes, or a folder's names, are on the disk. */
  public void force(Path path) {
    act(path, "be forced to the disk", () -> operations.force(path));
  }

  /** Truncates a file to its first {@code bytes} bytes in one step. */
  public void truncate(Path file, long bytes) {
    act(file, "be cut to " + bytes + " bytes", () -> operations.truncate(file, bytes));
  }

  /** Renames in one step; the target must not exist. */
  public void rename(Path from, Path to) {
    act(from, "be renamed to " + to.getFileName(), () -> operations.rename(from, to));
  }

  /**
   * Reads a small file; one that is not regular, or has more than {@code maxBytes}, counts as
   * damaged.
   */
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

  /** Computes the digest of a regular file, and stops soon after {@code maxBytes}. */
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

  /** Deletes a file, a link, or a folder with its contents; links are not followed. */
  public void deleteTree(Path path) {
    if (kind(path) == Kind.FOLDER) {
      list(path).forEach(this::deleteTree);
    }
    act(path, "be deleted", () -> operations.delete(path));
  }

  /**
   * Deletes what a failed attempt left, if possible; another failure is added to the first as
   * suppressed.
   */
  public void deleteAfter(Throwable failure, Path path) {
    try {
      if (kind(path) != Kind.NOTHING) {
        deleteTree(path);
      }
    } catch (RuntimeException e) {
      failure.addSuppressed(e);
    }
  }

  /** Returns an empty SHA-256 digest. */
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
   * Checks that a folder's disk has enough free space.
   *
   * @param what what needs the bytes, as the error says it, such as "a checkpoint takes"
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
   * Runs an action with the thread's interrupt held back, since an interrupt closes every channel
   * that is in use; the thread is interrupted again afterwards.
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

  /** Makes a rename in a file's folder durable; only POSIX systems let a program open a folder. */
  public static void forceParent(Path file) throws IOException {
    Path parent = file.toAbsolutePath().getParent();
    if (parent != null && parent.getFileSystem().supportedFileAttributeViews().contains("posix")) {
      FileOperations.real().force(parent);
    }
  }

  /** Returns a suffix that no other process or call uses, such as {@code .tmp-4711-1f3a}. */
  public static String temporarySuffix(String word) {
    return String.format(
        Locale.ROOT,
        ".%s-%d-%x",
        word,
        ProcessHandle.current().pid(),
        ThreadLocalRandom.current().nextLong());
  }
}
