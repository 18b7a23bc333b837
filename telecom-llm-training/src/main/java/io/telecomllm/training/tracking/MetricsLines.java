package io.telecomllm.training.tracking;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonPrimitive;
import com.google.gson.Strictness;
import io.telecomllm.InvalidDataException;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** The lines that an earlier run left in a {@link MetricsFile}; their steps rise. */
final class MetricsLines {
  private static final Gson STRICT = new GsonBuilder().setStrictness(Strictness.STRICT).create();

  private MetricsLines() {}

  /** Cuts the file behind the last line of this step; an unfinished last line goes too. */
  static void keep(Path file, long lastStep) throws IOException {
    long end = end(file, lastStep);
    if (end < Files.size(file)) {
      // an interrupted thread may not use a channel
      boolean interrupted = Thread.interrupted();
      // one call: a process that is killed leaves the old end or the new
      try (FileChannel cut = FileChannel.open(file, StandardOpenOption.WRITE)) {
        cut.truncate(end);
      } finally {
        if (interrupted) {
          Thread.currentThread().interrupt();
        }
      }
    }
  }

  private static long end(Path file, long lastStep) throws IOException {
    try (InputStream in = new BufferedInputStream(Files.newInputStream(file))) {
      ByteArrayOutputStream line = new ByteArrayOutputStream();
      long end = 0;
      int number = 1;
      for (int b = in.read(); b >= 0; b = in.read()) {
        if (b != '\n') {
          line.write(b);
          continue;
        }
        if (step(file, number, line.toString(StandardCharsets.UTF_8)) > lastStep) {
          return end;
        }
        end += line.size() + 1;
        line.reset();
        number++;
      }
      return end;
    }
  }

  private static long step(Path file, int number, String line) {
    try {
      JsonObject event = STRICT.fromJson(line, JsonObject.class);
      if (event != null
          && event.get("step") instanceof JsonPrimitive step
          && step.isNumber()
          && event.has("event")) {
        return step.getAsLong();
      }
    } catch (JsonParseException | NumberFormatException e) {
      throw new InvalidDataException(message(file, number, line), e);
    }
    throw new InvalidDataException(message(file, number, line));
  }

  private static String message(Path file, int number, String line) {
    String found = line.length() > 60 ? line.substring(0, 60) + "..." : line;
    return file
        + ": line "
        + number
        + " is '"
        + found
        + "', expected a JSON object with an event and its step; a run can go on in files of its own"
        + " kind only";
  }

  /** A name beside the file that nothing has yet. */
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
