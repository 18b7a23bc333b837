package io.telecomllm.prompt;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import com.google.gson.Strictness;
import com.google.gson.stream.JsonReader;
import com.google.gson.stream.JsonToken;
import io.telecomllm.InvalidDataException;
import java.io.IOException;
import java.io.StringReader;
import java.math.BigDecimal;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;

/** JSON of untrusted files: UTF-8, RFC 8259 to the letter, no key twice, bounded size and depth. */
final class StrictJson {
  private static final int MAX_DEPTH = 32;

  private StrictJson() {}

  /** The object in {@code file}, which may hold at most {@code maxBytes}. */
  static JsonObject readObject(Path file, long maxBytes) {
    String text;
    try {
      long size = Files.size(file);
      if (size > maxBytes) {
        throw new InvalidDataException(
            file + ": " + size + " bytes, allowed are at most " + maxBytes);
      }
      text = Files.readString(file);
    } catch (CharacterCodingException e) {
      throw new InvalidDataException(file + ": not UTF-8 text", e);
    } catch (IOException e) {
      throw new InvalidDataException(file + ": cannot be read: " + e, e);
    }
    return parseObject(text, file.toString());
  }

  /** The object in {@code text}; {@code source} names it in messages. */
  static JsonObject parseObject(String text, String source) {
    JsonReader reader = new JsonReader(new StringReader(text));
    reader.setStrictness(Strictness.STRICT);
    try {
      JsonElement element = read(reader, source, 0);
      if (reader.peek() != JsonToken.END_DOCUMENT) {
        throw new InvalidDataException(source + ": text after the end of the JSON document");
      }
      if (!element.isJsonObject()) {
        throw new InvalidDataException(source + ": expected a JSON object");
      }
      return element.getAsJsonObject();
    } catch (IOException | IllegalStateException | NumberFormatException e) {
      throw new InvalidDataException(source + ": not valid JSON at " + reader.getPath(), e);
    }
  }

  private static JsonElement read(JsonReader reader, String source, int depth) throws IOException {
    if (depth > MAX_DEPTH) {
      throw new InvalidDataException(
          source + ": JSON nested deeper than " + MAX_DEPTH + " at " + reader.getPath());
    }
    return switch (reader.peek()) {
      case BEGIN_OBJECT -> readMembers(reader, source, depth);
      case BEGIN_ARRAY -> readElements(reader, source, depth);
      case STRING -> new JsonPrimitive(reader.nextString());
      case NUMBER -> number(reader.nextString(), source);
      case BOOLEAN -> new JsonPrimitive(reader.nextBoolean());
      case NULL -> {
        reader.nextNull();
        yield JsonNull.INSTANCE;
      }
      default -> throw new InvalidDataException(source + ": incomplete JSON");
    };
  }

  private static JsonPrimitive number(String digits, String source) {
    if (digits.length() > 40) {
      throw new InvalidDataException(source + ": a number of " + digits.length() + " characters");
    }
    return new JsonPrimitive(new BigDecimal(digits));
  }

  private static JsonObject readMembers(JsonReader reader, String source, int depth)
      throws IOException {
    JsonObject object = new JsonObject();
    reader.beginObject();
    while (reader.hasNext()) {
      String name = reader.nextName();
      if (object.has(name)) {
        throw new InvalidDataException(source + ": key '" + name + "' twice");
      }
      object.add(name, read(reader, source, depth + 1));
    }
    reader.endObject();
    return object;
  }

  private static JsonArray readElements(JsonReader reader, String source, int depth)
      throws IOException {
    JsonArray array = new JsonArray();
    reader.beginArray();
    while (reader.hasNext()) {
      array.add(read(reader, source, depth + 1));
    }
    reader.endArray();
    return array;
  }
}
