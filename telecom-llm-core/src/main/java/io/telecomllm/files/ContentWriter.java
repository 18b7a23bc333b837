package io.telecomllm.files;

import io.telecomllm.Internal;
import java.io.IOException;
import java.nio.file.Path;

/** Writes a file, or a folder of files, at a given path. */
@FunctionalInterface
@Internal
public interface ContentWriter {
  /**
   * Writes a file, or a folder of files, that does not exist yet; it need not be forced to disk.
   *
   * @param path where; valid only during the call, as it may be renamed afterwards
   * @throws IOException if it cannot be written; the caller then fails with an error that names it
   */
  void write(Path path) throws IOException;
}
