package io.telecomllm.weights;

import static com.google.common.base.Preconditions.checkArgument;

import com.google.gson.Strictness;
import com.google.gson.stream.JsonReader;
import com.google.gson.stream.JsonToken;
import com.google.gson.stream.MalformedJsonException;
import io.telecomllm.InvalidDataException;
import java.io.ByteArrayInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStreamReader;
import java.math.BigInteger;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads JSON that a stranger wrote, and refuses what other readers let pass: equal keys, text after
 * the document, NaN, bytes that are not UTF-8, unpaired surrogates, deep nesting.
 *
 * <p>Values become {@code Map<String, Object>} in the document's order, {@code List<Object>},
 * {@link String}, {@link Boolean}, {@code null}; a number without fraction and exponent becomes a
 * {@link Long}, or a {@link BigInteger} where it does not fit, every other one a finite {@link
 * Double}. Collections are immutable. Whatever is wrong is an {@link InvalidDataException} that
 * names the file and the place.
 */
public final class StrictJson {
  /** Objects and arrays may lie this deep in each other. */
  public static final int MAX_DEPTH = 64;

  /** The limit of {@link #read(Path)}: 64 MiB, several times the largest tokenizer file. */
  public static final int DEFAULT_MAX_BYTES = 1 << 26;

  private static final int MAX_LONG_DIGITS = 18;
  private static final int MAX_INTEGER_DIGITS = 40;

  private final String file;
  private final JsonReader reader;
  private final int maxDepth;

  private StrictJson(String file, JsonReader reader, int maxDepth) {
    this.file = file;
    this.reader = reader;
    this.maxDepth = maxDepth;
  }

  /** Reads the object that the file holds; at most {@link #DEFAULT_MAX_BYTES} bytes. */
  public static JsonView read(Path file) {
    return read(file, DEFAULT_MAX_BYTES);
  }

  /** Reads the object that the file holds; a file of more than {@code maxBytes} is refused. */
  public static JsonView read(Path file, int maxBytes) {
    return read(file, maxBytes, MAX_DEPTH);
  }

  /**
   * As {@link #read(Path, int)}, with objects and arrays at most {@code maxDepth} deep in each
   * other; that is from 1 to {@link #MAX_DEPTH}.
   */
  public static JsonView read(Path file, int maxBytes, int maxDepth) {
    checkArgument(maxBytes > 0, "maxBytes is %s, must be positive", maxBytes);
    checkArgument(
        maxDepth > 0 && maxDepth <= MAX_DEPTH,
        "maxDepth is %s, must be 1 to %s",
        maxDepth,
        MAX_DEPTH);
    byte[] bytes;
    try (RandomAccessBytes in = RandomAccessBytes.open(file)) {
      if (in.size() > maxBytes) {
        throw new InvalidDataException(
            file + ": " + in.size() + " bytes of JSON, at most " + maxBytes + " are read");
      }
      bytes = in.read(0, (int) in.size(), "the document");
    }
    return object(file.toString(), parse(file.toString(), bytes, maxDepth));
  }

  /** Parses an object from UTF-8 bytes; {@code file} is what errors call it. */
  public static JsonView parseObject(String file, byte[] utf8) {
    return object(file, parse(file, utf8));
  }

  private static JsonView object(String file, @Nullable Object value) {
    if (value instanceof Map<?, ?> object) {
      return JsonView.of(file, object);
    }
    throw new InvalidDataException(
        file + ": expected a JSON object, found " + JsonView.describe(value));
  }

  /** Parses any value from UTF-8 bytes; {@code file} is what errors call it. */
  public static @Nullable Object parse(String file, byte[] utf8) {
    return parse(file, utf8, MAX_DEPTH);
  }

  private static @Nullable Object parse(String file, byte[] utf8, int maxDepth) {
    // Gson would skip a byte order mark; JSON has none
    if (utf8.length >= 3 && utf8[0] == (byte) 0xEF && utf8[1] == (byte) 0xBB) {
      throw new InvalidDataException(file + ": not JSON: begins with a byte order mark");
    }
    InputStreamReader chars =
        new InputStreamReader(new ByteArrayInputStream(utf8), StandardCharsets.UTF_8.newDecoder());
    JsonReader reader = new JsonReader(chars);
    reader.setStrictness(Strictness.STRICT);
    return new StrictJson(file, reader, maxDepth).document();
  }

  private @Nullable Object document() {
    try {
      Object value = value(0);
      if (reader.peek() != JsonToken.END_DOCUMENT) {
        throw invalid("more text after the end of the document");
      }
      return value;
    } catch (CharacterCodingException e) {
      throw new InvalidDataException(file + ": not JSON: the bytes are not UTF-8", e);
    } catch (EOFException e) {
      throw new InvalidDataException(file + ": not JSON: the text ends too early", e);
    } catch (MalformedJsonException e) {
      throw new InvalidDataException(
          file + ": not JSON: broken syntax at " + JsonView.shorten(reader.getPath()), e);
    } catch (IOException e) {
      throw new InvalidDataException(file + ": cannot be read: " + e.getMessage(), e);
    }
  }

  private @Nullable Object value(int depth) throws IOException {
    JsonToken token = reader.peek();
    return switch (token) {
      case BEGIN_OBJECT -> object(depth);
      case BEGIN_ARRAY -> array(depth);
      case STRING -> wellFormed(reader.nextString());
      case NUMBER -> number(reader.nextString());
      case BOOLEAN -> reader.nextBoolean();
      case NULL -> {
        reader.nextNull();
        yield null;
      }
      default -> throw invalid("expected a value, found " + token);
    };
  }

  private Map<String, @Nullable Object> object(int depth) throws IOException {
    checkDepth(depth);
    Map<String, @Nullable Object> map = new LinkedHashMap<>();
    reader.beginObject();
    while (reader.hasNext()) {
      String name = wellFormed(reader.nextName());
      if (map.containsKey(name)) {
        throw invalid("the key \"" + JsonView.shorten(name) + "\" appears twice");
      }
      map.put(name, value(depth + 1));
    }
    reader.endObject();
    return Collections.unmodifiableMap(map);
  }

  private List<@Nullable Object> array(int depth) throws IOException {
    checkDepth(depth);
    List<@Nullable Object> list = new ArrayList<>();
    reader.beginArray();
    while (reader.hasNext()) {
      list.add(value(depth + 1));
    }
    reader.endArray();
    return Collections.unmodifiableList(list);
  }

  private Object number(String text) {
    if (isInteger(text)) {
      if (text.length() <= MAX_LONG_DIGITS) {
        return Long.parseLong(text);
      }
      // a parse of a million digits takes quadratic time
      if (text.length() > MAX_INTEGER_DIGITS) {
        throw invalid("an integer of " + text.length() + " digits");
      }
      BigInteger exact = new BigInteger(text);
      return exact.bitLength() < Long.SIZE ? (Object) exact.longValue() : exact;
    }
    double number = Double.parseDouble(text);
    if (!Double.isFinite(number)) {
      throw invalid("the number " + JsonView.shorten(text) + " is out of range");
    }
    return number;
  }

  /** The syntax is checked already: what has no fraction and exponent is an integer, but for -0. */
  private static boolean isInteger(String text) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '.' || c == 'e' || c == 'E') {
        return false;
      }
    }
    return !text.equals("-0");
  }

  /** An escaped half of a surrogate pair is valid JSON and no text. */
  private String wellFormed(String text) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (Character.isSurrogate(c)) {
        boolean pair =
            Character.isHighSurrogate(c)
                && i + 1 < text.length()
                && Character.isLowSurrogate(text.charAt(i + 1));
        if (!pair) {
          throw invalid("a string holds an unpaired surrogate");
        }
        i++;
      }
    }
    return text;
  }

  private void checkDepth(int depth) {
    if (depth >= maxDepth) {
      throw invalid("nested deeper than " + maxDepth);
    }
  }

  private InvalidDataException invalid(String what) {
    return new InvalidDataException(
        file + ": not strict JSON: " + what + " at " + JsonView.shorten(reader.getPath()));
  }
}
