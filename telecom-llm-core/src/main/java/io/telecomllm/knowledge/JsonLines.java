package io.telecomllm.knowledge;

import com.google.gson.JsonParseException;
import com.google.gson.Strictness;
import com.google.gson.stream.JsonReader;
import com.google.gson.stream.JsonToken;
import com.google.gson.stream.MalformedJsonException;
import io.telecomllm.InvalidDataException;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.StringReader;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * Reads records from UTF-8 text with one flat JSON object of strings a line. Strict: an empty line,
 * a field that is unknown, missing, repeated or no string, and anything after the object are
 * refused with the number of the line.
 *
 * @param required the fields that every line has
 * @param optional the fields that a line may leave out; the maker sees them as empty strings
 * @param maker makes a record of the fields; refuses by IllegalArgumentException
 * @param key what no two records may share
 */
record JsonLines<T>(
    Set<String> required,
    Set<String> optional,
    Function<Map<String, String>, T> maker,
    Function<T, String> key) {
  /** The longest line, in bytes: a clause is some kilobytes, so this bounds memory only. */
  static final int MAX_LINE_BYTES = 1 << 20;

  /** Hands each record of a file to the receiver, in order. */
  void read(Path file, Consumer<T> receiver) {
    try (InputStream in = Files.newInputStream(file)) {
      read(in, file.toString(), receiver);
    } catch (IOException e) {
      throw new InvalidDataException(file + ": cannot be read: " + e, e);
    }
  }

  /** Hands each record of a stream to the receiver, in order; the caller closes the stream. */
  void read(InputStream stream, String name, Consumer<T> receiver) {
    Map<String, Integer> lineOfKey = new HashMap<>();
    int number = 0;
    try {
      BufferedInputStream in = new BufferedInputStream(stream, 1 << 16);
      ByteArrayOutputStream bytes = new ByteArrayOutputStream();
      while (nextLine(in, bytes, name, number + 1)) {
        number++;
        T made = make(decode(bytes.toByteArray(), name, number), name, number);
        Integer earlier = lineOfKey.putIfAbsent(key.apply(made), number);
        if (earlier != null) {
          throw refused(name, number, "repeats " + key.apply(made) + " of line " + earlier, null);
        }
        receiver.accept(made);
      }
    } catch (IOException e) {
      throw refused(name, number + 1, "cannot be read: " + e, e);
    }
    if (number == 0) {
      throw new InvalidDataException(name + ": holds no line, expected one JSON object a line");
    }
  }

  private static boolean nextLine(
      InputStream in, ByteArrayOutputStream bytes, String name, int number) throws IOException {
    bytes.reset();
    int b = in.read();
    if (b < 0) {
      return false;
    }
    while (b >= 0 && b != '\n') {
      if (bytes.size() == MAX_LINE_BYTES) {
        throw refused(name, number, "is longer than " + MAX_LINE_BYTES + " bytes", null);
      }
      bytes.write(b);
      b = in.read();
    }
    return true;
  }

  private static String decode(byte[] bytes, String name, int number) {
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
    } catch (CharacterCodingException e) {
      throw refused(name, number, "is not UTF-8", e);
    }
  }

  private T make(String line, String name, int number) {
    // Gson skips a byte order mark; refusing it here keeps one spelling of a line
    if (!line.startsWith("{")) {
      throw refused(name, number, "does not begin with '{', expected a JSON object", null);
    }
    Map<String, String> fields;
    try {
      fields = parse(line, name, number);
    } catch (MalformedJsonException | EOFException | JsonParseException e) {
      throw refused(name, number, "is not JSON: " + e.getMessage(), e);
    } catch (IOException e) {
      throw refused(name, number, "cannot be read: " + e, e);
    }
    for (String field : required) {
      if (!fields.containsKey(field)) {
        throw refused(name, number, "lacks the field '" + field + "'", null);
      }
    }
    optional.forEach(field -> fields.putIfAbsent(field, ""));
    try {
      return maker.apply(fields);
    } catch (IllegalArgumentException e) {
      throw refused(name, number, String.valueOf(e.getMessage()), e);
    }
  }

  private Map<String, String> parse(String line, String name, int number) throws IOException {
    Map<String, String> fields = new HashMap<>();
    JsonReader json = new JsonReader(new StringReader(line));
    json.setStrictness(Strictness.STRICT);
    json.beginObject();
    while (json.hasNext()) {
      String field = json.nextName();
      if (!required.contains(field) && !optional.contains(field)) {
        String shown = field.length() <= 100 ? field : field.substring(0, 100) + "...";
        throw refused(name, number, "has the unknown field '" + shown + "'", null);
      }
      if (json.peek() != JsonToken.STRING) {
        String found = "has a " + json.peek() + " in the field '" + field + "', expected a string";
        throw refused(name, number, found, null);
      }
      if (fields.put(field, json.nextString()) != null) {
        throw refused(name, number, "has the field '" + field + "' twice", null);
      }
    }
    json.endObject();
    if (json.peek() != JsonToken.END_DOCUMENT) {
      throw refused(name, number, "goes on after the object", null);
    }
    return fields;
  }

  private static InvalidDataException refused(
      String name, int number, String what, @org.jspecify.annotations.Nullable Throwable cause) {
    String message = name + ", line " + number + ": " + what;
    return cause == null
        ? new InvalidDataException(message)
        : new InvalidDataException(message, cause);
  }
}
