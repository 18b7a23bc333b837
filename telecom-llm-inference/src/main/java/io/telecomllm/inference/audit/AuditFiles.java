package io.telecomllm.inference.audit;

import io.telecomllm.InvalidDataException;
import io.telecomllm.StorageException;
import io.telecomllm.files.Disk;
import io.telecomllm.files.FileOperations.Kind;
import io.telecomllm.json.JsonLines;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The files of a log: their names, their order, their lines. */
final class AuditFiles {
  private static final Pattern NAME = Pattern.compile("audit-(\\d{6,9})\\.jsonl");

  private AuditFiles() {}

  /** A file and its number, from 1. */
  record Numbered(int number, Path path) {}

  /** Returns the file of a number. */
  static Numbered of(Path folder, int number) {
    return new Numbered(
        number, folder.resolve(String.format(Locale.ROOT, "audit-%06d.jsonl", number)));
  }

  /**
   * Returns the files of a log in their order.
   *
   * @throws InvalidDataException naming what has the name of such a file and is none
   * @throws StorageException if the folder cannot be listed
   */
  static List<Numbered> in(Path folder, Disk disk) {
    List<Numbered> files =
        disk.list(folder).stream()
            .flatMap(path -> numbered(folder, path))
            .sorted(Comparator.comparingInt(Numbered::number))
            .toList();
    for (Numbered file : files) {
      if (disk.kind(file.path()) != Kind.FILE) {
        throw new InvalidDataException(file.path() + ": expected a file of an audit log");
      }
    }
    return files;
  }

  private static Stream<Numbered> numbered(Path folder, Path path) {
    Matcher name = NAME.matcher(String.valueOf(path.getFileName()));
    return Stream.of(name)
        .filter(Matcher::matches)
        .map(found -> of(folder, Integer.parseInt(found.group(1))))
        // more zeros than it needs would be a second file of that number
        .filter(file -> file.path().getFileName().equals(path.getFileName()));
  }

  /**
   * Reads lines until the reader has enough.
   *
   * @param reader returns whether to go on
   * @throws InvalidDataException naming file and line, if a line is longer than any record
   * @throws StorageException if the file cannot be read
   */
  static void read(Path file, Predicate<JsonLines.Line> reader) {
    try (InputStream in = Files.newInputStream(file)) {
      JsonLines lines = JsonLines.of(file.toString(), in, AuditLine.MAX_BYTES);
      Optional<JsonLines.Line> line = lines.next();
      while (line.isPresent() && reader.test(line.get())) {
        line = lines.next();
      }
    } catch (IOException e) {
      throw new StorageException(file + ": cannot be read: " + e, e);
    }
  }
}
