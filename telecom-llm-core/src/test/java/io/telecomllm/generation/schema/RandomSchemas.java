package io.telecomllm.generation.schema;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** Makes schemas, values that satisfy them, and values that are a little different. */
final class RandomSchemas {
  private static final int DEEP = 3;
  private static final List<String> WORDS = List.of("up", "down", "upper", "u", "downlink");

  private final Random random;

  RandomSchemas(Random random) {
    this.random = random;
  }

  static Map<String, Object> map(Object... entries) {
    Map<String, Object> map = new LinkedHashMap<>();
    for (int i = 0; i < entries.length; i += 2) {
      map.put((String) entries[i], entries[i + 1]);
    }
    return map;
  }

  private boolean chance(int percent) {
    return random.nextInt(100) < percent;
  }

  /** Returns a schema with definitions that refer to each other and to the whole. */
  Map<String, Object> schema() {
    Map<String, Object> root = chance(80) ? object(0) : schema(0);
    root.put("$defs", map("one", object(1), "two", array(1)));
    return root;
  }

  private Map<String, Object> schema(int depth) {
    Map<String, Object> schema =
        switch (random.nextInt(depth >= DEEP ? 7 : 11)) {
          case 0, 1 -> string();
          case 2 -> bounded(map("type", "integer"), 0);
          case 3 -> bounded(map("type", "number"), random.nextInt(4));
          case 4 -> map("type", List.of("boolean", "null", "number"));
          case 5 -> map("enum", List.of("up", "down", "upper", 1L, 12L, -1L, 0.5));
          case 6 -> map("type", "string", "const", WORDS.get(random.nextInt(WORDS.size())));
          case 7 -> map("anyOf", List.of(schema(depth + 1), schema(depth + 1), string()));
          case 8 -> oneOf(depth);
          case 9 -> array(depth);
          default -> object(depth);
        };
    if (chance(20)) {
      schema.put("description", "any words");
    }
    return schema;
  }

  private Map<String, Object> oneOf(int depth) {
    Map<String, Object> one = kind("first", object(depth + 1));
    one.put("required", List.of("kind"));
    Map<String, Object> two = kind("second", object(depth + 1));
    return map("oneOf", List.of(one, two, map("type", "integer"), array(depth + 1)));
  }

  private static Map<String, Object> kind(String word, Map<String, Object> object) {
    Map<String, Object> properties = map("kind", map("const", word));
    ((Map<?, ?>) object.get("properties")).forEach((n, p) -> properties.put((String) n, p));
    object.put("properties", properties);
    return object;
  }

  private Map<String, Object> string() {
    Map<String, Object> schema = map("type", "string");
    int min = random.nextInt(3);
    if (chance(40)) {
      schema.put("minLength", (long) min);
    }
    if (chance(40)) {
      schema.put("maxLength", (long) min + random.nextInt(4));
    }
    return schema;
  }

  private Map<String, Object> bounded(Map<String, Object> schema, int decimals) {
    long low = random.nextInt(3000) - 1500L;
    if (chance(50)) {
      schema.put("minimum", decimals == 0 ? (Object) low : (Object) (low / 1000.0));
    }
    if (chance(50)) {
      long high = low + random.nextInt(1500);
      schema.put("maximum", decimals == 0 ? (Object) high : (Object) (high / 1000.0));
    }
    return schema;
  }

  private Map<String, Object> array(int depth) {
    boolean recursive = depth > 0 && chance(30);
    Map<String, Object> schema =
        map("type", "array", "items", recursive ? reference() : schema(depth + 1));
    int min = recursive ? 0 : random.nextInt(3);
    if (min > 0) {
      schema.put("minItems", (long) min);
    }
    if (chance(50)) {
      schema.put("maxItems", (long) min + random.nextInt(3));
    }
    return schema;
  }

  private Map<String, Object> object(int depth) {
    Map<String, Object> properties = new LinkedHashMap<>();
    List<String> required = new ArrayList<>();
    for (String name : List.of("a", "ab", "abc", "b", "name")) {
      if (chance(50)) {
        properties.put(name, schema(depth + 1));
        if (chance(50)) {
          required.add(name);
        }
      }
    }
    if (chance(40)) {
      // last, since a text at random ends where nothing is required any more
      properties.put("next", reference());
    }
    Map<String, Object> schema = map("type", "object", "properties", properties);
    if (chance(70)) {
      schema.put("required", required);
    }
    if (chance(50)) {
      schema.put("additionalProperties", false);
    }
    return schema;
  }

  private Map<String, Object> reference() {
    return map("$ref", List.of("#", "#/$defs/one", "#/$defs/two").get(random.nextInt(3)));
  }

  /** Returns a value that satisfies the schema. */
  Object value(Map<?, ?> root) {
    return value(root, root, 0);
  }

  private Object value(Map<?, ?> root, Object any, int depth) {
    Map<?, ?> schema = (Map<?, ?>) any;
    if (schema.get("$ref") instanceof String pointer) {
      return pointer.equals("#")
          ? value(root, root, depth)
          : value(root, ((Map<?, ?>) root.get("$defs")).get(pointer.substring(8)), depth);
    }
    for (String choice : List.of("anyOf", "oneOf")) {
      if (schema.get(choice) instanceof List<?> list) {
        return value(root, list.get(random.nextInt(list.size())), depth);
      }
    }
    if (schema.get("enum") instanceof List<?> list) {
      return list.get(random.nextInt(list.size()));
    } else if (schema.containsKey("const")) {
      return schema.get("const");
    }
    Object type = schema.get("type");
    if (type instanceof List<?> types) {
      type = types.get(random.nextInt(types.size()));
    }
    return switch ((String) type) {
      case "object" -> objectValue(root, schema, depth);
      case "array" -> {
        int min = (int) number(schema, "minItems", 0);
        int max = (int) number(schema, "maxItems", min + 3);
        List<Object> list = new ArrayList<>();
        int size = depth > DEEP ? min : min + random.nextInt(max - min + 1);
        for (int i = 0; i < size; i++) {
          list.add(value(root, schema.get("items"), depth + 1));
        }
        yield list;
      }
      case "string" -> {
        int min = (int) number(schema, "minLength", 0);
        int max = (int) number(schema, "maxLength", min + 5);
        yield text(min + random.nextInt(max - min + 1));
      }
      case "integer" -> {
        long low = (long) number(schema, "minimum", number(schema, "maximum", 50) - 99);
        long high = (long) number(schema, "maximum", low + 1000.0);
        yield low + random.nextLong(high - low + 1);
      }
      case "number" -> {
        double low = number(schema, "minimum", number(schema, "maximum", 50) - 99);
        double high = number(schema, "maximum", low + 1000.0);
        BigDecimal within = BigDecimal.valueOf(low + random.nextDouble() * (high - low));
        double rounded = within.setScale(random.nextInt(6), RoundingMode.HALF_EVEN).doubleValue();
        yield Math.max(low, Math.min(high, rounded));
      }
      case "boolean" -> random.nextBoolean();
      default -> null;
    };
  }

  private Object objectValue(Map<?, ?> root, Map<?, ?> schema, int depth) {
    List<?> required = schema.get("required") instanceof List<?> list ? list : List.of();
    Map<String, Object> object = new LinkedHashMap<>();
    ((Map<?, ?>) schema.get("properties"))
        .forEach(
            (name, property) -> {
              // a oneOf tells objects apart by their kind
              if (required.contains(name) || name.equals("kind") || (depth <= DEEP && chance(60))) {
                object.put((String) name, value(root, property, depth + 1));
              }
            });
    return object;
  }

  private static double number(Map<?, ?> schema, String keyword, double otherwise) {
    return schema.get(keyword) instanceof Number number ? number.doubleValue() : otherwise;
  }

  private String text(int length) {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < length; i++) {
      String characters = "ab\"\\/\n\t\u0000\u007f\u00e9\u20ac\u2028\uffff";
      text.appendCodePoint(
          chance(10) ? 0x1f4f6 : characters.charAt(random.nextInt(characters.length())));
    }
    return text.toString();
  }

  /** Returns the value with one change somewhere. */
  Object changed(Object value) {
    if (value instanceof Map<?, ?> object && !object.isEmpty() && chance(80)) {
      Map<Object, Object> changed = new LinkedHashMap<>(object);
      List<?> names = List.copyOf(object.keySet());
      Object name = names.get(random.nextInt(names.size()));
      switch (random.nextInt(4)) {
        case 0 -> changed.remove(name);
        case 1 -> changed.put("other", 1L);
        default -> changed.put(name, changed(object.get(name)));
      }
      return changed;
    } else if (value instanceof List<?> list && !list.isEmpty() && chance(80)) {
      List<Object> changed = new ArrayList<>(list);
      int i = random.nextInt(list.size());
      switch (random.nextInt(4)) {
        case 0 -> changed.remove(i);
        case 1 -> changed.addAll(list);
        default -> changed.set(i, changed(list.get(i)));
      }
      return changed;
    } else if (value instanceof String text && chance(70)) {
      return chance(50) ? text + text(1) : text.isEmpty() ? null : text(text.length() / 2);
    } else if (value instanceof Long number && chance(70)) {
      return chance(50) ? (Object) (number + random.nextInt(2000) - 1000) : (Object) 0.25;
    } else if (value instanceof Double number && chance(70)) {
      return number + Math.rint(random.nextGaussian() * 100) / 100;
    }
    return List.of(true, 3L, "x", List.of(), map(), 7.5, -1L).get(random.nextInt(7));
  }
}
