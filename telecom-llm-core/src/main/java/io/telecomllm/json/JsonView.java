package io.telecomllm.json;

import static com.google.common.base.Preconditions.checkArgument;

import io.telecomllm.Internal;
import io.telecomllm.InvalidDataException;
import io.telecomllm.text.Quoted;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Reads the fields of a JSON object, or of GGUF metadata, with their types. Immutable.
 *
 * <p>A field that is {@code null} counts as absent. A field that is absent, of another type or out
 * of its range is an {@link InvalidDataException} that names the file, the field, what was expected
 * and what was found; the accessors whose names begin with {@code optional} return empty for an
 * absent field and are as strict for one that is present.
 */
@Internal
public final class JsonView {
  private static final int NO_INDEX = -1;

  private final String file;
  private final String prefix;
  private final Map<String, @Nullable Object> values;

  private JsonView(String file, String prefix, Map<String, @Nullable Object> values) {
    this.file = file;
    this.prefix = prefix;
    this.values = values;
  }

  /**
   * Creates a view of values as {@link StrictJson} returns them; {@code file} names it in errors.
   */
  public static JsonView of(String file, Map<?, ?> values) {
    return nested(file, "", values);
  }

  private static JsonView nested(String file, String prefix, Map<?, ?> values) {
    Map<String, @Nullable Object> copy = new LinkedHashMap<>();
    values.forEach((name, value) -> copy.put((String) name, value));
    return new JsonView(file, prefix, Collections.unmodifiableMap(copy));
  }

  /** Returns the name of the file in errors. */
  public String file() {
    return file;
  }

  /**
   * Returns the name of this object in errors: the file, and the object's field if it is nested.
   */
  public String place() {
    return prefix.isEmpty()
        ? file
        : file + ", field " + Quoted.line(prefix.substring(0, prefix.length() - 1));
  }

  /** Returns the names of all fields in their order, including those that are {@code null}. */
  public Set<String> names() {
    return values.keySet();
  }

  /** Returns whether the field is present and not {@code null}. */
  public boolean has(String name) {
    return values.get(name) != null;
  }

  /** Returns the field's value as {@link StrictJson} describes it, or {@code null}. */
  public @Nullable Object value(String name) {
    return values.get(name);
  }

  /** Returns an integer from {@code min} to {@code max}, both inclusive. */
  public int integer(String name, int min, int max) {
    return (int) longInteger(name, min, max);
  }

  /** Returns an integer from {@code min} to {@code max}, both inclusive. */
  public long longInteger(String name, long min, long max) {
    return asInteger(name, NO_INDEX, present(name), min, max);
  }

  /** Returns an integer from {@code min} to {@code max}, both inclusive; empty if it is absent. */
  public OptionalInt optionalInteger(String name, int min, int max) {
    return has(name) ? OptionalInt.of(integer(name, min, max)) : OptionalInt.empty();
  }

  /** Returns a finite number. */
  public double number(String name) {
    return asNumber(name, NO_INDEX, present(name));
  }

  /** Returns a finite number; empty if it is absent. */
  public OptionalDouble optionalNumber(String name) {
    return has(name) ? OptionalDouble.of(number(name)) : OptionalDouble.empty();
  }

  /** Returns a string. */
  public String string(String name) {
    return as(String.class, "a string", name, NO_INDEX, present(name));
  }

  /** Returns a string; empty if it is absent. */
  public Optional<String> optionalString(String name) {
    return has(name) ? Optional.of(string(name)) : Optional.empty();
  }

  /** Returns true or false. */
  public boolean bool(String name) {
    return as(Boolean.class, "true or false", name, NO_INDEX, present(name));
  }

  /** Returns true or false, or {@code otherwise} if the field is absent. */
  public boolean bool(String name, boolean otherwise) {
    return has(name) ? bool(name) : otherwise;
  }

  /** Returns an object. */
  public JsonView object(String name) {
    return asObject(name, NO_INDEX, present(name));
  }

  /** Returns an object; empty if it is absent. */
  public Optional<JsonView> optionalObject(String name) {
    return has(name) ? Optional.of(object(name)) : Optional.empty();
  }

  /** Returns an array with elements of any type. */
  public List<?> list(String name) {
    return as(List.class, "an array", name, NO_INDEX, present(name));
  }

  /** Returns an array of strings. */
  public List<String> strings(String name) {
    return each(name, (index, value) -> as(String.class, "a string", name, index, value));
  }

  /** Returns an array of integers, each from {@code min} to {@code max}. */
  public List<Long> integers(String name, long min, long max) {
    return each(name, (index, value) -> asInteger(name, index, value, min, max));
  }

  /** Returns an array of finite numbers. */
  public List<Double> numbers(String name) {
    return each(name, (index, value) -> asNumber(name, index, value));
  }

  /** Returns the elements of an array as fields: that of {@code a} are {@code a[0]}, and so on. */
  public JsonView elements(String name) {
    List<?> list = list(name);
    Map<String, @Nullable Object> fields = new LinkedHashMap<>();
    for (int i = 0; i < list.size(); i++) {
      fields.put(place(name, i), list.get(i));
    }
    return new JsonView(file, prefix, Collections.unmodifiableMap(fields));
  }

  /** Returns an array of objects. */
  public List<JsonView> objects(String name) {
    return each(name, (index, value) -> asObject(name, index, value));
  }

  /** Returns all fields, each of which must be a string. */
  public Map<String, String> stringMap() {
    Map<String, String> map = new LinkedHashMap<>();
    for (String name : values.keySet()) {
      map.put(name, as(String.class, "a string", name, NO_INDEX, values.get(name)));
    }
    return Collections.unmodifiableMap(map);
  }

  /** Returns an error about a field of this view, for checks that this class cannot make. */
  public InvalidDataException invalid(String name, String expected) {
    return invalid(name, NO_INDEX, expected, values.get(name));
  }

  private InvalidDataException invalid(
      String name, int index, String expected, @Nullable Object found) {
    return new InvalidDataException(
        file
            + ", field "
            + Quoted.line(prefix + place(name, index))
            + ": expected "
            + expected
            + ", found "
            + (found == null && !values.containsKey(name) ? "nothing" : describe(found)));
  }

  private static String place(String name, int index) {
    return index == NO_INDEX ? name : name + "[" + index + "]";
  }

  private Object present(String name) {
    Object value = values.get(name);
    if (value == null) {
      throw new InvalidDataException(
          file
              + ", field "
              + Quoted.line(prefix + name)
              + (values.containsKey(name) ? ": is null" : ": missing"));
    }
    return value;
  }

  private long asInteger(String name, int index, @Nullable Object value, long min, long max) {
    checkArgument(min <= max, "the range from %s to %s is empty", min, max);
    if (value instanceof Long number && number >= min && number <= max) {
      return number;
    }
    throw invalid(name, index, "an integer from " + min + " to " + max, value);
  }

  private double asNumber(String name, int index, @Nullable Object value) {
    double number = value instanceof Number found ? found.doubleValue() : Double.NaN;
    if (!Double.isFinite(number)) {
      throw invalid(name, index, "a finite number", value);
    }
    return number;
  }

  private JsonView asObject(String name, int index, @Nullable Object value) {
    Map<?, ?> object = as(Map.class, "an object", name, index, value);
    return nested(file, prefix + place(name, index) + ".", object);
  }

  private <T> T as(Class<T> type, String expected, String name, int index, @Nullable Object value) {
    if (!type.isInstance(value)) {
      throw invalid(name, index, expected, value);
    }
    return type.cast(value);
  }

  private <T> List<T> each(String name, Element<T> element) {
    List<?> list = list(name);
    List<T> typed = new ArrayList<>(list.size());
    for (int i = 0; i < list.size(); i++) {
      typed.add(element.read(i, list.get(i)));
    }
    return Collections.unmodifiableList(typed);
  }

  private interface Element<T> {
    T read(int index, @Nullable Object value);
  }

  /** Describes a value for an error. */
  static String describe(@Nullable Object value) {
    if (value == null) {
      return "null";
    }
    if (value instanceof Map) {
      return "an object";
    }
    if (value instanceof List<?> list) {
      return "an array of " + list.size();
    }
    if (value instanceof String text) {
      return "\"" + Quoted.line(text) + "\"";
    }
    return Quoted.line(value.toString());
  }
}
