package io.telecomllm.json;

import com.google.common.primitives.Primitives;
import io.telecomllm.Internal;
import io.telecomllm.InvalidDataException;
import java.io.Serializable;
import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * Converts records to the values that {@link StrictJson} reads and {@link JsonText} writes, and
 * back.
 *
 * <p>Each component becomes a field of the same name. Enums are written by name, an empty optional
 * and NaN as null, and an infinite number as the text "Infinity" or "-Infinity", since JSON has
 * neither.
 */
@Internal
public final class JsonRecords {
  // reflection lists the components of a class anew for each call
  private static final ClassValue<List<Method>> ACCESSORS =
      new ClassValue<>() {
        @Override
        protected List<Method> computeValue(Class<?> type) {
          List<Method> accessors =
              Arrays.stream(type.getRecordComponents()).map(RecordComponent::getAccessor).toList();
          accessors.forEach(accessor -> accessor.setAccessible(true));
          return accessors;
        }
      };

  private JsonRecords() {}

  /** Returns an immutable copy of a map in which every value has a form in JSON. */
  public static Map<String, @Nullable Object> object(Map<?, ?> map) {
    Map<String, @Nullable Object> plain = new LinkedHashMap<>();
    map.forEach((key, value) -> plain.put(String.valueOf(key), value(value)));
    return Collections.unmodifiableMap(plain);
  }

  /**
   * Returns the components of a record by name. If the record implements an interface other than
   * {@link Serializable}, a first field {@code kind} holds the record's own name.
   *
   * @throws IllegalArgumentException if a component has no form in JSON
   */
  public static Map<String, @Nullable Object> of(Record value) {
    Map<String, @Nullable Object> plain = new LinkedHashMap<>();
    if (Arrays.stream(value.getClass().getInterfaces()).anyMatch(i -> i != Serializable.class)) {
      plain.put("kind", value.getClass().getSimpleName());
    }
    for (Method component : ACCESSORS.get(value.getClass())) {
      try {
        plain.put(component.getName(), value(component.invoke(value)));
      } catch (IllegalAccessException | InvocationTargetException e) {
        throw new IllegalArgumentException(
            value.getClass() + ": component " + component.getName() + " cannot be read", e);
      }
    }
    return Collections.unmodifiableMap(plain);
  }

  private static @Nullable Object value(@Nullable Object value) {
    if (value == null || value instanceof String || value instanceof Boolean) {
      return value;
    } else if (value instanceof Optional<?> optional) {
      return value(optional.orElse(null));
    } else if (value instanceof OptionalDouble optional) {
      return value(optional.orElse(Double.NaN));
    } else if (value instanceof OptionalInt optional) {
      return optional.isPresent() ? (Object) (long) optional.getAsInt() : null;
    } else if (value instanceof OptionalLong optional) {
      return optional.isPresent() ? (Object) optional.getAsLong() : null;
    } else if (value instanceof Enum<?> word) {
      return word.name();
    } else if (value instanceof BigInteger) {
      return value;
    } else if (value instanceof Double || value instanceof Float) {
      double number = ((Number) value).doubleValue();
      if (Double.isNaN(number)) {
        return null;
      }
      return Double.isFinite(number) ? (Object) number : Double.toString(number);
    } else if (value instanceof Number number) {
      return number.longValue();
    } else if (value instanceof Map<?, ?> map) {
      return object(map);
    } else if (value instanceof Record record) {
      return of(record);
    } else if (value instanceof Collection<?> collection) {
      List<@Nullable Object> plain = new ArrayList<>();
      collection.forEach(element -> plain.add(value(element)));
      return Collections.unmodifiableList(plain);
    }
    throw new IllegalArgumentException(
        "settings hold a " + value.getClass().getName() + ", which has no form in JSON");
  }

  /**
   * Creates a record from an object's fields, as {@link #of} wrote them. Components may be numbers,
   * strings, booleans, enums, such records, and lists and optionals of these.
   *
   * @throws InvalidDataException naming the file, and the field where one is missing, has another
   *     type, or is refused by the record's constructor
   */
  public static <R extends Record> R read(JsonView json, Class<R> type) {
    RecordComponent[] components = type.getRecordComponents();
    Object[] values =
        Arrays.stream(components).map(component -> component(json, component)).toArray();
    try {
      Constructor<R> constructor =
          type.getDeclaredConstructor(
              Arrays.stream(components).map(RecordComponent::getType).toArray(Class<?>[]::new));
      constructor.setAccessible(true);
      return constructor.newInstance(values);
    } catch (InvocationTargetException e) {
      if (e.getCause() instanceof IllegalArgumentException refused) {
        throw new InvalidDataException(json.place() + ": " + refused.getMessage(), refused);
      }
      throw new IllegalArgumentException(type + " cannot be made", e);
    } catch (ReflectiveOperationException e) {
      throw new IllegalArgumentException(type + " cannot be made", e);
    }
  }

  private static Object component(JsonView json, RecordComponent component) {
    return component(json, component.getName(), component.getGenericType());
  }

  private static Object component(JsonView json, String name, Type generic) {
    Class<?> type = Primitives.wrap(raw(generic));
    if (type == Long.class) {
      return json.longInteger(name, Long.MIN_VALUE, Long.MAX_VALUE);
    } else if (type == Integer.class) {
      return json.integer(name, Integer.MIN_VALUE, Integer.MAX_VALUE);
    } else if (type == Short.class) {
      return (short) json.integer(name, Short.MIN_VALUE, Short.MAX_VALUE);
    } else if (type == Byte.class) {
      return (byte) json.integer(name, Byte.MIN_VALUE, Byte.MAX_VALUE);
    } else if (type == Double.class) {
      return number(json, name);
    } else if (type == Float.class) {
      return (float) number(json, name);
    } else if (type == Boolean.class) {
      return json.bool(name);
    } else if (type == String.class) {
      return json.string(name);
    } else if (type == OptionalDouble.class) {
      return json.optionalNumber(name);
    } else if (type == OptionalInt.class) {
      return json.optionalInteger(name, Integer.MIN_VALUE, Integer.MAX_VALUE);
    } else if (type == OptionalLong.class) {
      return json.has(name)
          ? OptionalLong.of(json.longInteger(name, Long.MIN_VALUE, Long.MAX_VALUE))
          : OptionalLong.empty();
    } else if (type == Optional.class) {
      return json.has(name)
          ? Optional.of(component(json, name, argument(generic)))
          : Optional.empty();
    } else if (type == List.class) {
      JsonView elements = json.elements(name);
      Type element = argument(generic);
      return elements.names().stream().map(e -> component(elements, e, element)).toList();
    } else if (type.isEnum()) {
      String word = json.string(name);
      return Arrays.stream(type.getEnumConstants())
          .filter(constant -> ((Enum<?>) constant).name().equals(word))
          .findFirst()
          .orElseThrow(
              () -> json.invalid(name, "one of " + Arrays.toString(type.getEnumConstants())));
    } else if (type.isRecord()) {
      return read(json.object(name), type.asSubclass(Record.class));
    }
    throw new IllegalArgumentException(name + " is a " + type + ", which is not read from JSON");
  }

  private static double number(JsonView json, String name) {
    if (json.names().contains(name) && !json.has(name)) {
      return Double.NaN;
    }
    if (json.value(name) instanceof String text && text.matches("-?Infinity")) {
      return Double.parseDouble(text);
    }
    return json.number(name);
  }

  private static Class<?> raw(Type generic) {
    Type type = generic instanceof ParameterizedType full ? full.getRawType() : generic;
    if (type instanceof Class<?> raw) {
      return raw;
    }
    throw new IllegalArgumentException(generic + " is not read from JSON");
  }

  private static Type argument(Type generic) {
    if (generic instanceof ParameterizedType parameterized) {
      return parameterized.getActualTypeArguments()[0];
    }
    throw new IllegalArgumentException(generic + " is not read from JSON");
  }
}
