package io.telecomllm.training.checkpoint;

import java.io.IOException;
import java.nio.file.Path;

/** Writes a part of a checkpoint. */
@FunctionalInterface
public interface ContentWriter {
  /**
   * Writes a file, or a folder of files, that does not exist yet; it need not be forced to disk.
   *
   * @param path where; valid only during the call, as the checkpoint is renamed afterwards
   * @throws IOException if it cannot be written; the save then fails with an error that names it
   */
  void write(Path path) throws IOException;
}
