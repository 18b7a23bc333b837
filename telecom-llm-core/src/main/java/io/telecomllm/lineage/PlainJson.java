package io.telecomllm.lineage;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.RecordComponent;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Values as JSON has them and as {@link io.telecomllm.weights.StrictJson} reads them: maps, lists,
 * strings, booleans, longs and finite doubles. Immutable copies.
 */
final class PlainJson {
  private PlainJson() {}

  static Map<String, @Nullable Object> object(Map<?, ?> map) {
    Map<String, @Nullable Object> plain = new LinkedHashMap<>();
    map.forEach((key, value) -> plain.put(String.valueOf(key), value(value)));
    return Collections.unmodifiableMap(plain);
  }

  /**
   * The components of a public record by name; where it is one of several forms of an interface,
   * its own name is its {@code kind}.
   */
  static Map<String, @Nullable Object> of(Record settings) {
    Map<String, @Nullable Object> plain = new LinkedHashMap<>();
    if (settings.getClass().getInterfaces().length > 0) {
      plain.put("kind", settings.getClass().getSimpleName());
    }
    for (RecordComponent component : settings.getClass().getRecordComponents()) {
      try {
        plain.put(component.getName(), value(component.getAccessor().invoke(settings)));
      } catch (IllegalAccessException | InvocationTargetException e) {
        throw new IllegalArgumentException(
            settings.getClass() + ": component " + component.getName() + " cannot be read", e);
      }
    }
    return Collections.unmodifiableMap(plain);
  }

  private static @Nullable Object value(@Nullable Object value) {
    if (value == null || value instanceof String || value instanceof Boolean) {
      return value;
    } else if (value instanceof Optional<?> optional) {
      return value(optional.orElse(null));
    } else if (value instanceof Enum<?> word) {
      return word.name();
    } else if (value instanceof BigInteger) {
      return value;
    } else if (value instanceof Double || value instanceof Float) {
      double number = ((Number) value).doubleValue();
      // JSON has no infinity, and a limit may be infinite
      return Double.isFinite(number) ? (Object) number : Double.toString(number);
    } else if (value instanceof Number number) {
      return number.longValue();
    } else if (value instanceof Map<?, ?> map) {
      return object(map);
    } else if (value instanceof Record settings) {
      return of(settings);
    } else if (value instanceof Collection<?> collection) {
      List<@Nullable Object> plain = new ArrayList<>();
      collection.forEach(element -> plain.add(value(element)));
      return Collections.unmodifiableList(plain);
    }
    throw new IllegalArgumentException(
        "settings hold a " + value.getClass().getName() + ", which has no form in JSON");
  }
}
