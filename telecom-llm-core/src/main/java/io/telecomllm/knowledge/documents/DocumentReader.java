package io.telecomllm.knowledge.documents;

import java.io.IOException;
import java.nio.file.Path;

/** Reads a file of one format into headings and lines. */
interface DocumentReader {
  /**
   * Reads the file to its end.
   *
   * @throws io.telecomllm.InvalidDataException if it is damaged, hostile or of another format
   * @throws IOException if it cannot be read
   */
  void read(Path file, Outline outline) throws IOException;
}
