package io.telecomllm.files;

import io.telecomllm.Internal;
import io.telecomllm.StorageException;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * A file that is written event by event, each passed to the operating system at once. Not safe for
 * use by several threads.
 */
@Internal
public final class AppendedFile implements AutoCloseable {
  private final Path named;
  private final String what;
  private final Disk disk;
  // outlives an interrupt: a cancelled run still writes its last event
  private @Nullable OutputStream out;

  /**
   * Creates a file that is not open yet.
   *
   * @param named the file, or its folder: what errors name
   * @param what it holds, such as {@code metrics}
   */
  public AppendedFile(Path named, String what) {
    this(named, what, Disk.REAL);
  }

  /** Creates a file on a disk of a test's. */
  public AppendedFile(Path named, String what, Disk disk) {
    this.named = named;
    this.what = what;
    this.disk = disk;
  }

  /** Prepares the file to append to. */
  @FunctionalInterface
  public interface Preparation {
    /** Creates what the file needs, such as its folder, and returns the file. */
    Path file() throws IOException;
  }

  /**
   * Closes the current file if there is one, and opens another.
   *
   * @throws StorageException naming the file or folder, if the disk refuses
   */
  public Path open(Preparation preparation) {
    close();
    try {
      Path file = preparation.file();
      out = disk.append(file);
      return file;
    } catch (IOException e) {
      throw failed(e);
    }
  }

  /**
   * Appends an event.
   *
   * @throws IllegalStateException if no file is open
   * @throws StorageException naming the file or folder, if the disk refuses
   */
  public void write(byte[] event) {
    if (out == null) {
      throw new IllegalStateException(
          named + ": an event of a run that has not started or is closed");
    }
    try {
      out.write(event);
    } catch (IOException e) {
      throw failed(e);
    }
  }

  /** Closes the file; a second call does nothing. */
  @Override
  public void close() {
    OutputStream open = out;
    out = null;
    if (open != null) {
      try {
        open.close();
      } catch (IOException e) {
        throw failed(e);
      }
    }
  }

  private StorageException failed(IOException e) {
    return new StorageException(named + ": " + what + " cannot be written: " + e, e);
  }
}
