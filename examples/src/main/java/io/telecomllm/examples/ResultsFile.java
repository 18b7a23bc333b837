package io.telecomllm.examples;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;

/** The results of a long program, a line of comma-separated values each, written as they come. */
record ResultsFile(Path file) {
  /** Opens {@code results.csv} in a folder, or begins it with these columns. */
  static ResultsFile open(Path folder, String columns) throws IOException {
    Files.createDirectories(folder);
    ResultsFile results = new ResultsFile(folder.resolve("results.csv"));
    if (Files.notExists(results.file)) {
      Files.writeString(results.file, columns + "\n");
    }
    return results;
  }

  /** Returns whether no result has these first values. */
  boolean lacks(String first) throws IOException {
    return lines().stream().noneMatch(line -> line.startsWith(first + ","));
  }

  /** Appends a result. */
  void append(String line) throws IOException {
    Files.writeString(file, line + "\n", StandardOpenOption.APPEND);
  }

  /** Returns the results, without the columns' names. */
  List<String> lines() throws IOException {
    return Files.readAllLines(file).stream().skip(1).toList();
  }

  /** Returns the whole file. */
  String text() throws IOException {
    return Files.readString(file);
  }
}
