package io.telecomllm.generation.schema;

import com.google.common.primitives.Primitives;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;

/** Writes the schema of a record. Other records that it holds become definitions. */
final class RecordSchema {
  /** A float's range is far wider; what a reader rounds must not become infinite. */
  private static final long FLOAT = 999_999_999_999L;

  private final Class<?> root;
  private final Map<String, Object> definitions = new LinkedHashMap<>();
  private final Map<Class<?>, String> names = new LinkedHashMap<>();

  private RecordSchema(Class<?> root) {
    this.root = root;
  }

  static Map<String, Object> of(Class<? extends Record> type) {
    RecordSchema schema = new RecordSchema(type);
    Map<String, Object> object = schema.object(type);
    if (!schema.definitions.isEmpty()) {
      object.put("$defs", schema.definitions);
    }
    return object;
  }

  private Map<String, Object> object(Class<?> type) {
    Map<String, Object> properties = new LinkedHashMap<>();
    List<String> required = new ArrayList<>();
    for (RecordComponent component : type.getRecordComponents()) {
      String name = component.getName();
      String place = type.getName() + "." + name;
      Optional<Type> optional = optional(component.getGenericType());
      properties.put(name, value(place, optional.orElse(component.getGenericType())));
      if (optional.isEmpty()) {
        required.add(name);
      }
    }
    Map<String, Object> object = new LinkedHashMap<>();
    object.put("type", "object");
    object.put("properties", properties);
    object.put("required", required);
    object.put("additionalProperties", false);
    return object;
  }

  /** Returns the type of what an optional may hold; empty for any other type. */
  private static Optional<Type> optional(Type type) {
    if (type == OptionalInt.class) {
      return Optional.of(int.class);
    } else if (type == OptionalLong.class) {
      return Optional.of(long.class);
    } else if (type == OptionalDouble.class) {
      return Optional.of(double.class);
    }
    return argument(type, Optional.class);
  }

  private static Optional<Type> argument(Type type, Class<?> raw) {
    return type instanceof ParameterizedType generic && generic.getRawType() == raw
        ? Optional.of(generic.getActualTypeArguments()[0])
        : Optional.empty();
  }

  private Map<String, Object> value(String place, Type generic) {
    Optional<Type> element = argument(generic, List.class);
    if (element.isPresent()) {
      return map("type", "array", "items", value(place, element.get()));
    } else if (!(generic instanceof Class<?>)) {
      throw unsupported(place, generic);
    }
    Class<?> type = Primitives.wrap((Class<?>) generic);
    if (type == String.class) {
      return map("type", "string");
    } else if (type == Boolean.class) {
      return map("type", "boolean");
    } else if (type == Double.class) {
      return map("type", "number");
    } else if (type == Float.class) {
      return map("type", "number", "minimum", -FLOAT, "maximum", FLOAT);
    } else if (type == Long.class) {
      return map("type", "integer");
    } else if (type == Integer.class) {
      return map("type", "integer", "minimum", Integer.MIN_VALUE, "maximum", Integer.MAX_VALUE);
    } else if (type == Short.class) {
      return map("type", "integer", "minimum", Short.MIN_VALUE, "maximum", Short.MAX_VALUE);
    } else if (type == Byte.class) {
      return map("type", "integer", "minimum", Byte.MIN_VALUE, "maximum", Byte.MAX_VALUE);
    } else if (type.isEnum()) {
      return map("enum", words(place, type));
    } else if (type.isRecord()) {
      return map("$ref", reference(type));
    }
    throw unsupported(place, generic);
  }

  private static List<String> words(String place, Class<?> type) {
    List<String> words =
        Arrays.stream(type.getEnumConstants()).map(word -> ((Enum<?>) word).name()).toList();
    if (words.isEmpty()) {
      throw new IllegalArgumentException(
          place + " is a " + type.getName() + ", which has no constants");
    }
    return words;
  }

  private String reference(Class<?> type) {
    if (type == root) {
      return Definitions.ROOT;
    }
    String name = names.get(type);
    if (name == null) {
      name = type.getSimpleName();
      for (int i = 2; names.containsValue(name); i++) {
        name = type.getSimpleName() + i;
      }
      // named before it is written, since it may hold itself
      names.put(type, name);
      definitions.put(name, Map.of());
      definitions.put(name, object(type));
    }
    return "#/$defs/" + name;
  }

  private static Map<String, Object> map(Object... entries) {
    Map<String, Object> map = new LinkedHashMap<>();
    for (int i = 0; i < entries.length; i += 2) {
      map.put((String) entries[i], entries[i + 1]);
    }
    return map;
  }

  private static IllegalArgumentException unsupported(String place, Type type) {
    return new IllegalArgumentException(
        place
            + " is a "
            + type.getTypeName()
            + "; a schema can be made of String, numbers, booleans, enums, records, lists of them"
            + " and, for a component, Optional");
  }
}
