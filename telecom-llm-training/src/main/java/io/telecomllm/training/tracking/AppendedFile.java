package io.telecomllm.training.tracking;

import io.telecomllm.TelecomLlmException;
import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** What a run writes event by event, each through to the system at once. */
final class AppendedFile implements AutoCloseable {
  private final Path named;
  private final String what;
  // no channel: an interrupt would close it, and a run that is cancelled still has an end to tell
  private @Nullable FileOutputStream out;

  /**
   * @param named what errors name: the file, or its folder
   * @param what it holds, such as {@code metrics}
   */
  AppendedFile(Path named, String what) {
    this.named = named;
    this.what = what;
  }

  /** Gives the file that is to be written, ready to be appended to. */
  @FunctionalInterface
  interface Preparation {
    Path file() throws IOException;
  }

  /** Opens another file than before. */
  Path open(Preparation preparation) {
    close();
    try {
      Path file = preparation.file();
      out = new FileOutputStream(file.toFile(), true);
      return file;
    } catch (IOException e) {
      throw failed(e);
    }
  }

  void write(byte[] event) {
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
    FileOutputStream open = out;
    out = null;
    if (open != null) {
      try {
        open.close();
      } catch (IOException e) {
        throw failed(e);
      }
    }
  }

  private TelecomLlmException failed(IOException e) {
    return new TelecomLlmException(
        named + ": " + what + " cannot be written: " + e.getMessage(), e);
  }
}
