package io.telecomllm.training.tracking;

import io.telecomllm.InvalidDataException;
import io.telecomllm.files.Disk;
import io.telecomllm.json.JsonLines;
import io.telecomllm.json.JsonView;
import io.telecomllm.text.Quoted;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Optional;

/** The lines that an earlier run left in a {@link MetricsFile}; their steps rise. */
final class MetricsLines {
  /** Far more than any event has; settings are the longest. */
  private static final int MAX_LINE_BYTES = 1 << 20;

  private MetricsLines() {}

  /**
   * Truncates the file after the last line of this step; an incomplete last line is removed too.
   */
  static void keep(Path file, long lastStep) throws IOException {
    long end = end(file, lastStep);
    if (end < Files.size(file)) {
      Disk.uninterrupted(
          () -> {
            // one call: a kill leaves either the old or the new end
            Disk.REAL.truncate(file, end);
            return file;
          });
    }
  }

  private static long end(Path file, long lastStep) throws IOException {
    try (InputStream in = Files.newInputStream(file)) {
      JsonLines lines = JsonLines.of(file.toString(), in, MAX_LINE_BYTES);
      long end = 0;
      Optional<JsonLines.Line> line = lines.next();
      while (line.filter(JsonLines.Line::terminated).isPresent() && step(line.get()) <= lastStep) {
        end = line.get().end();
        line = lines.next();
      }
      return end;
    }
  }

  private static long step(JsonLines.Line line) {
    try {
      JsonView event = line.object();
      String unused = event.string("event");
      return event.longInteger("step", 0, Long.MAX_VALUE);
    } catch (InvalidDataException e) {
      throw line.invalid(
          "is '"
              + Quoted.line(new String(line.utf8(), StandardCharsets.UTF_8))
              + "', expected a JSON object with an event and its step; a run can go on in files of"
              + " its own kind only",
          e);
    }
  }

  /** Returns a free name next to the file. */
  static Path free(Path file) {
    int number = 1;
    while (Files.exists(numbered(file, number), LinkOption.NOFOLLOW_LINKS)) {
      number++;
    }
    return numbered(file, number);
  }

  private static Path numbered(Path file, int number) {
    return file.resolveSibling(file.getFileName() + "." + number);
  }
}
