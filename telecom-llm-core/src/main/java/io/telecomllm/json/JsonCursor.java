package io.telecomllm.json;

import com.google.gson.Strictness;
import com.google.gson.stream.JsonReader;
import com.google.gson.stream.MalformedJsonException;
import io.telecomllm.Internal;
import io.telecomllm.InvalidDataException;
import io.telecomllm.text.Quoted;
import java.io.ByteArrayInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Reads a JSON document value by value, for documents whose repeated keys or wrong types are
 * reported one by one. {@link StrictJson} reads whole documents with it.
 *
 * <p>Syntax is that of RFC 8259 and nothing more: no comments, no NaN, no byte order mark, nothing
 * after the document. Whatever is wrong is an {@link InvalidDataException} that names the file and
 * the place. It does not check for repeated keys or unpaired surrogates. Not safe for use by
 * several threads.
 */
@Internal
public final class JsonCursor {
  private static final Pattern PLACE = Pattern.compile("line [0-9]+ column [0-9]+");

  private final String file;
  private final JsonReader reader;

  /** The kind of the next value. */
  public enum Kind {
    /** An object begins. */
    OBJECT("an object"),
    /** An array begins. */
    ARRAY("an array"),
    /** A string. */
    STRING("a string"),
    /** A number. */
    NUMBER("a number"),
    /** True or false. */
    BOOLEAN("a boolean"),
    /** The word null. */
    NULL("null"),
    /** A name, or the end of an object or array. */
    OTHER("a bracket or name"),
    /** The end of the document. */
    END("nothing");

    private final String words;

    Kind(String words) {
      this.words = words;
    }

    /** Returns the words for it in an error. */
    public String words() {
      return words;
    }
  }

  private interface Step<T> {
    T take() throws IOException;
  }

  private JsonCursor(String file, JsonReader reader) {
    this.file = file;
    this.reader = reader;
  }

  /**
   * Creates a cursor before the first value of UTF-8 bytes.
   *
   * @param file the name of the document in errors
   */
  public static JsonCursor over(String file, byte[] utf8, JsonLimits limits) {
    // Gson would skip a byte order mark; JSON has none
    if (utf8.length >= 3 && utf8[0] == (byte) 0xEF && utf8[1] == (byte) 0xBB) {
      throw new InvalidDataException(file + ": not JSON: begins with a byte order mark");
    }
    limits.check(file, utf8);
    // an explicit decoder refuses malformed bytes; a charset's name would get one that replaces
    // them
    JsonReader reader =
        new JsonReader(
            new InputStreamReader(
                new ByteArrayInputStream(utf8), StandardCharsets.UTF_8.newDecoder()));
    reader.setStrictness(Strictness.STRICT);
    return new JsonCursor(file, reader);
  }

  /** Returns the kind of the next value without taking it. */
  public Kind peek() {
    return step(
        () ->
            switch (reader.peek()) {
              case BEGIN_OBJECT -> Kind.OBJECT;
              case BEGIN_ARRAY -> Kind.ARRAY;
              case STRING -> Kind.STRING;
              case NUMBER -> Kind.NUMBER;
              case BOOLEAN -> Kind.BOOLEAN;
              case NULL -> Kind.NULL;
              case NAME, END_OBJECT, END_ARRAY -> Kind.OTHER;
              case END_DOCUMENT -> Kind.END;
            });
  }

  /** Enters the object or array that comes next. */
  public void enter() {
    run(
        () -> {
          if (peek() == Kind.ARRAY) {
            reader.beginArray();
          } else {
            reader.beginObject();
          }
        });
  }

  /** Leaves the current object, all of whose fields were taken. */
  public void leaveObject() {
    run(reader::endObject);
  }

  /** Leaves the current array, all of whose elements were taken. */
  public void leaveArray() {
    run(reader::endArray);
  }

  /** Returns whether the current object or array has more values. */
  public boolean hasNext() {
    return step(reader::hasNext);
  }

  /** Takes the name of the next field. */
  public String name() {
    return step(reader::nextName);
  }

  /** Takes a string, or the digits of a number as they are written in the file. */
  public String text() {
    return step(reader::nextString);
  }

  /** Takes true or false. */
  public boolean bool() {
    return step(reader::nextBoolean);
  }

  /** Skips the next value, of whatever kind. */
  public void skip() {
    run(reader::skipValue);
  }

  /** Returns an error about the document that names the cursor's place. */
  public InvalidDataException invalid(String what) {
    return new InvalidDataException(
        file + ": not strict JSON: " + what + " at " + Quoted.line(reader.getPath()));
  }

  private interface Move {
    void go() throws IOException;
  }

  private void run(Move move) {
    step(
        () -> {
          move.go();
          return true;
        });
  }

  private <T> T step(Step<T> step) {
    try {
      return step.take();
    } catch (CharacterCodingException e) {
      throw new InvalidDataException(file + ": not JSON: the bytes are not UTF-8", e);
    } catch (EOFException e) {
      throw new InvalidDataException(file + ": not JSON: the text ends too early" + place(e), e);
    } catch (MalformedJsonException | IllegalStateException | NumberFormatException e) {
      throw new InvalidDataException(
          file + ": not JSON: broken syntax" + place(e) + ", path " + Quoted.line(reader.getPath()),
          e);
    } catch (IOException e) {
      throw new InvalidDataException(file + ": cannot be read: " + e.getMessage(), e);
    }
  }

  /**
   * Returns the place that Gson's message names; the rest of it is advice to call Gson's setters.
   */
  private static String place(Exception e) {
    Matcher place = PLACE.matcher(String.valueOf(e.getMessage()));
    return place.find() ? " at " + place.group() : "";
  }
}
