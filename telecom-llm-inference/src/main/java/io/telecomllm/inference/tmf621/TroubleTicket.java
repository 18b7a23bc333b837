package io.telecomllm.inference.tmf621;

import static java.util.Objects.requireNonNull;

import io.telecomllm.InvalidDataException;
import io.telecomllm.json.StrictJson;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A trouble ticket of TM Forum's TMF621, version 4 or 5, as its JSON. Immutable.
 *
 * <p>Only {@code description} is required. {@code name}, {@code id}, {@code @type}, {@code note}
 * and {@code troubleTicketCharacteristic} are read where they are present; other fields may hold
 * anything, and a patch leaves them as they are. Notes and characteristics are kept as they were
 * read, with fields that this class does not know; a number with a fraction is kept as a double.
 *
 * <p>Errors name the field and the kind of value that was found, or the line and column of broken
 * syntax; never a text, key or number of the ticket, which may be personal data. That holds for
 * their causes as well: they have none.
 */
public final class TroubleTicket {
  /** The most bytes of a ticket, with its attachments: 16 MiB. */
  public static final int MAX_BYTES = 1 << 24;

  /** The most characters of its name and of its description. */
  public static final int MAX_CHARACTERS = 100_000;

  static final String NOTE = "note";
  static final String CHARACTERISTIC = "troubleTicketCharacteristic";
  static final String TYPE = "@type";

  private static final String DOCUMENT = "trouble ticket";
  private static final String DESCRIPTION = "description";

  private final Map<?, ?> fields;
  private final Optional<String> id;
  private final Optional<String> name;
  private final String description;
  private final Optional<String> type;
  private final List<Map<?, ?>> notes;
  private final List<Map<?, ?>> characteristics;

  private TroubleTicket(Map<?, ?> fields) {
    this.fields = fields;
    id = string("id");
    name = text("name");
    description = text(DESCRIPTION).orElseThrow(() -> missing(DESCRIPTION));
    type = string(TYPE);
    notes = objects(NOTE);
    characteristics = objects(CHARACTERISTIC);
  }

  /**
   * Reads a ticket.
   *
   * @throws InvalidDataException if it is too large, not strict JSON (repeated keys and nesting
   *     deeper than 64 are refused) or not an object; naming the field, if the description is
   *     missing or blank, or a field that is read is of another type or too long
   */
  public static TroubleTicket parse(String json) {
    requireNonNull(json, "json is null");
    // a text has at least as many bytes as characters
    checkSize(json.length());
    byte[] utf8 = json.getBytes(StandardCharsets.UTF_8);
    checkSize(utf8.length);
    @Nullable Object value = value(utf8);
    if (value instanceof Map<?, ?> fields) {
      return new TroubleTicket(fields);
    }
    throw new InvalidDataException(DOCUMENT + ": expected a JSON object, found " + kind(value));
  }

  private static @Nullable Object value(byte[] utf8) {
    try {
      return StrictJson.parse(DOCUMENT, utf8);
    } catch (InvalidDataException e) {
      // neither its message nor its cause, which quote keys and numbers
      throw new InvalidDataException(
          DOCUMENT + ": " + JsonFault.withoutText(DOCUMENT, String.valueOf(e.getMessage())));
    }
  }

  private static void checkSize(int bytes) {
    if (bytes > MAX_BYTES) {
      throw new InvalidDataException(
          DOCUMENT + ": has over " + MAX_BYTES + " bytes, the most that are read");
    }
  }

  private Optional<String> text(String field) {
    Optional<String> text = string(field).filter(value -> !value.isBlank());
    int length = text.map(String::length).orElse(0);
    if (length > MAX_CHARACTERS) {
      throw invalid(
          field, "has " + length + " characters, at most " + MAX_CHARACTERS + " are read");
    }
    return text;
  }

  private Optional<String> string(String field) {
    return as(String.class, "a string", field, fields.get(field));
  }

  private List<Map<?, ?>> objects(String field) {
    List<?> values = as(List.class, "an array", field, fields.get(field)).orElse(List.of());
    List<Map<?, ?>> objects = new ArrayList<>();
    for (int i = 0; i < values.size(); i++) {
      String place = field + "[" + i + "]";
      objects.add(
          as(Map.class, "an object", place, values.get(i))
              .orElseThrow(() -> invalid(place, "is null")));
    }
    return List.copyOf(objects);
  }

  private static <T> Optional<T> as(
      Class<T> type, String expected, String field, @Nullable Object value) {
    if (value != null && !type.isInstance(value)) {
      throw invalid(field, "expected " + expected + ", found " + kind(value));
    }
    return Optional.ofNullable(value).map(type::cast);
  }

  private InvalidDataException missing(String field) {
    if (!fields.containsKey(field)) {
      return invalid(field, "missing");
    }
    return invalid(field, fields.get(field) == null ? "is null" : "is blank");
  }

  private static InvalidDataException invalid(String field, String what) {
    return new InvalidDataException(DOCUMENT + ", field " + field + ": " + what);
  }

  private static String kind(@Nullable Object value) {
    if (value == null) {
      return "null";
    } else if (value instanceof Map) {
      return "an object";
    } else if (value instanceof List) {
      return "an array";
    } else if (value instanceof String) {
      return "a string";
    }
    return value instanceof Boolean ? "a boolean" : "a number";
  }

  /** Returns its id; empty for one that has none yet. */
  public Optional<String> id() {
    return id;
  }

  /** Returns its name, a short description; empty if there is none, or a blank one. */
  public Optional<String> name() {
    return name;
  }

  /** Returns its description, which is not blank. */
  public String description() {
    return description;
  }

  /** Returns what is read of it: the name, if there is one, and the description. */
  String text() {
    return name.map(title -> title + "\n\n").orElse("") + description;
  }

  Optional<String> type() {
    return type;
  }

  List<Map<?, ?>> notes() {
    return notes;
  }

  List<Map<?, ?>> characteristics() {
    return characteristics;
  }
}
