package io.telecomllm.json;

import static com.google.common.base.Preconditions.checkArgument;

import io.telecomllm.Internal;
import io.telecomllm.InvalidDataException;
import io.telecomllm.files.RandomAccessBytes;
import io.telecomllm.text.Quoted;
import io.telecomllm.text.Texts;
import java.math.BigInteger;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads untrusted JSON and refuses what other readers accept: repeated keys, text after the
 * document, NaN, bytes that are not UTF-8, unpaired surrogates, deep nesting.
 *
 * <p>Values become {@code Map<String, Object>} in the document's order, {@code List<Object>},
 * {@link String}, {@link Boolean}, {@code null}; a number without fraction and exponent becomes a
 * {@link Long}, or a {@link BigInteger} if it does not fit; every other number becomes a finite
 * {@link Double}. Collections are immutable. Whatever is wrong is an {@link InvalidDataException}
 * that names the file and the place.
 */
@Internal
public final class StrictJson {
  /** The deepest nesting of objects and arrays. */
  public static final int MAX_DEPTH = JsonLimits.MAX_DEPTH;

  /** The limit of {@link #read(Path)}: 64 MiB, several times the largest tokenizer file. */
  public static final int DEFAULT_MAX_BYTES = 1 << 26;

  private static final int MAX_LONG_DIGITS = 18;
  private static final int MAX_INTEGER_DIGITS = 40;

  private final JsonCursor json;

  private StrictJson(JsonCursor json) {
    this.json = json;
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
   * Reads the object that the file holds; a file of more than {@code maxBytes} is refused, and so
   * is nesting deeper than {@code maxDepth}, which is 1 to {@link #MAX_DEPTH}.
   */
  public static JsonView read(Path file, int maxBytes, int maxDepth) {
    checkArgument(maxBytes > 0, "maxBytes is %s, must be positive", maxBytes);
    JsonLimits limits = new JsonLimits(maxDepth, Integer.MAX_VALUE);
    byte[] bytes;
    try (RandomAccessBytes in = RandomAccessBytes.open(file)) {
      if (in.size() > maxBytes) {
        throw new InvalidDataException(
            file + ": " + in.size() + " bytes of JSON, at most " + maxBytes + " are read");
      }
      bytes = in.read(0, (int) in.size(), "the document");
    }
    return object(file.toString(), parse(file.toString(), bytes, limits));
  }

  /** Parses an object from UTF-8 bytes; {@code file} names it in errors. */
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

  /** Parses any value from UTF-8 bytes; {@code file} names it in errors. */
  public static @Nullable Object parse(String file, byte[] utf8) {
    return parse(file, utf8, JsonLimits.DEFAULT);
  }

  private static @Nullable Object parse(String file, byte[] utf8, JsonLimits limits) {
    JsonCursor json = JsonCursor.over(file, utf8, limits);
    Object value = new StrictJson(json).value();
    if (json.peek() != JsonCursor.Kind.END) {
      throw json.invalid("more text after the end of the document");
    }
    return value;
  }

  private @Nullable Object value() {
    JsonCursor.Kind kind = json.peek();
    return switch (kind) {
      case OBJECT -> object();
      case ARRAY -> array();
      case STRING -> wellFormed(json.text());
      case NUMBER -> number(json.text());
      case BOOLEAN -> json.bool();
      case NULL -> {
        json.skip();
        yield null;
      }
      case OTHER, END -> throw json.invalid("expected a value, found " + kind.words());
    };
  }

  private Map<String, @Nullable Object> object() {
    Map<String, @Nullable Object> map = new LinkedHashMap<>();
    json.enter();
    while (json.hasNext()) {
      String name = wellFormed(json.name());
      if (map.containsKey(name)) {
        throw json.invalid("the key \"" + Quoted.line(name) + "\" appears twice");
      }
      map.put(name, value());
    }
    json.leaveObject();
    return Collections.unmodifiableMap(map);
  }

  private List<@Nullable Object> array() {
    List<@Nullable Object> list = new ArrayList<>();
    json.enter();
    while (json.hasNext()) {
      list.add(value());
    }
    json.leaveArray();
    return Collections.unmodifiableList(list);
  }

  private Object number(String text) {
    if (isInteger(text)) {
      if (text.length() <= MAX_LONG_DIGITS) {
        return Long.parseLong(text);
      }
      // parsing a million digits takes quadratic time
      if (text.length() > MAX_INTEGER_DIGITS) {
        throw json.invalid("an integer of " + text.length() + " digits");
      }
      BigInteger exact = new BigInteger(text);
      return exact.bitLength() < Long.SIZE ? (Object) exact.longValue() : exact;
    }
    double number = Double.parseDouble(text);
    if (!Double.isFinite(number)) {
      throw json.invalid("the number " + Quoted.line(text) + " is out of range");
    }
    return number;
  }

  /** Returns whether a valid number has neither fraction nor exponent; -0 is no integer. */
  private static boolean isInteger(String text) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '.' || c == 'e' || c == 'E') {
        return false;
      }
    }
    return !text.equals("-0");
  }

  /** Refuses half a surrogate pair, which JSON can escape but no text can hold. */
  private String wellFormed(String text) {
    if (!Texts.isWellFormed(text)) {
      throw json.invalid("a string holds an unpaired surrogate");
    }
    return text;
  }
}
