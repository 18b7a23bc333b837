package io.telecomllm.training.tracking;

import io.telecomllm.TelecomLlmException;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;

/** What a run writes event by event, each through to the system at once. */
final class AppendedFile implements AutoCloseable {
  private final Path named;
  private final String what;
  // no channel: an interrupt would close it, and a run that is cancelled still has an end to tell
  private @Nullable OutputStream out;

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
      out = Files.newOutputStream(file, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
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

  private TelecomLlmException failed(IOException e) {
    return new TelecomLlmException(named + ": " + what + " cannot be written: " + e, e);
  }
}
