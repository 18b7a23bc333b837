package io.telecomllm.knowledge.documents;

import java.util.List;
import java.util.stream.Collectors;

/**
 * What an import found and what it left out, file by file in order. Immutable.
 *
 * @param files every file of a known format
 * @param ignored the names of the files in a folder that have another format
 */
public record ImportReport(List<ImportedFile> files, List<String> ignored) {
  /** Copies the lists. */
  public ImportReport {
    files = List.copyOf(files);
    ignored = List.copyOf(ignored);
  }

  /** Returns the number of clauses that were passed on. */
  public int clauses() {
    return files.stream().mapToInt(ImportedFile::clauses).sum();
  }

  /** Returns the files of a folder that could not be read. */
  public List<ImportedFile> failures() {
    return files.stream().filter(f -> !f.failure().isEmpty()).toList();
  }

  /** Returns the report in words, a file a line. */
  @Override
  public String toString() {
    String lines = files.stream().map(f -> f + "\n").collect(Collectors.joining());
    return ignored.isEmpty() ? lines : lines + "ignored: " + String.join(", ", ignored) + "\n";
  }
}
