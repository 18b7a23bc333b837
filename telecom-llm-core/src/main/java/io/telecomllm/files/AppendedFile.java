package io.telecomllm.files;

import io.telecomllm.StorageException;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;

/**
 * A file that is written event by event, each handed to the operating system at once. For one
 * thread.
 */
public final class AppendedFile implements AutoCloseable {
  private final Path named;
  private final String what;
  // no channel: an interrupt would close it, and a run that is cancelled still has an end to tell
  private @Nullable OutputStream out;

  /**
   * A file that is not open yet.
   *
   * @param named what errors name: the file, or its folder
   * @param what it holds, such as {@code metrics}
   */
  public AppendedFile(Path named, String what) {
    this.named = named;
    this.what = what;
  }

  /** Gives the file that is to be written, ready to be appended to. */
  @FunctionalInterface
  public interface Preparation {
    /** Makes what must be there first, and returns the file. */
    Path file() throws IOException;
  }

  /**
   * Closes the file that is open, and opens another.
   *
   * @throws StorageException naming the file or folder, if the disk refuses
   */
  public Path open(Preparation preparation) {
    close();
    try {
      Path file = preparation.file();
      out = Files.newOutputStream(file, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
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

  /** A second call does nothing. */
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
