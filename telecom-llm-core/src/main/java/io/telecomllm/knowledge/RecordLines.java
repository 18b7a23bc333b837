package io.telecomllm.knowledge;

import io.telecomllm.InvalidDataException;
import io.telecomllm.StorageException;
import io.telecomllm.json.JsonLines;
import io.telecomllm.json.JsonView;
import io.telecomllm.text.Quoted;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * Reads records from JSON Lines whose objects have only strings. An empty line, and a field that is
 * unknown, missing, repeated or not a string, are refused with the number of the line.
 *
 * @param required the fields that every line has
 * @param optional the fields that a line may leave out; the maker gets empty strings for them
 * @param maker creates a record from the fields; throws IllegalArgumentException to refuse them
 * @param key returns what no two records may share
 */
record RecordLines<T>(
    Set<String> required,
    Set<String> optional,
    Function<Map<String, String>, T> maker,
    Function<T, String> key) {
  /** The longest line, in bytes: clauses have some kilobytes, so this only bounds memory. */
  static final int MAX_LINE_BYTES = 1 << 20;

  /** Passes each record of a file to the receiver, in order. */
  void read(Path file, Consumer<T> receiver) {
    try (InputStream in = Files.newInputStream(file)) {
      read(in, file.toString(), receiver);
    } catch (NoSuchFileException e) {
      throw new InvalidDataException(file + ": no such file", e);
    } catch (IOException e) {
      throw new StorageException(file + ": cannot be read: " + e, e);
    }
  }

  /** Passes each record of a stream to the receiver, in order; the caller closes the stream. */
  void read(InputStream stream, String name, Consumer<T> receiver) {
    JsonLines lines = JsonLines.of(name, stream, MAX_LINE_BYTES);
    Map<String, Integer> lineOfKey = new HashMap<>();
    int read = 0;
    try {
      for (Optional<JsonLines.Line> next = lines.next(); next.isPresent(); next = lines.next()) {
        JsonLines.Line line = next.get();
        read = line.number();
        T made = make(line);
        Integer earlier = lineOfKey.putIfAbsent(key.apply(made), line.number());
        if (earlier != null) {
          throw line.invalid("repeats " + key.apply(made) + " of line " + earlier, null);
        }
        receiver.accept(made);
      }
    } catch (IOException e) {
      throw new StorageException(name + ", line " + (read + 1) + ": cannot be read: " + e, e);
    }
    if (read == 0) {
      throw new InvalidDataException(name + ": holds no line, expected one JSON object a line");
    }
  }

  private T make(JsonLines.Line line) {
    JsonView json = line.object();
    for (String field : json.names()) {
      if (!required.contains(field) && !optional.contains(field)) {
        throw line.invalid("has the unknown field '" + Quoted.line(field) + "'", null);
      }
    }
    Map<String, String> fields = new HashMap<>(json.stringMap());
    for (String field : required) {
      if (!fields.containsKey(field)) {
        throw line.invalid("lacks the field '" + field + "'", null);
      }
    }
    optional.forEach(field -> fields.putIfAbsent(field, ""));
    try {
      return maker.apply(fields);
    } catch (IllegalArgumentException e) {
      throw line.invalid(String.valueOf(e.getMessage()), e);
    }
  }
}
