package io.telecomllm.generation.schema;

import java.math.BigDecimal;
import java.util.List;
import java.util.Map;

/** Says whether a value satisfies a schema, rule by rule as the specification has them. */
final class Validator {
  private final Map<?, ?> root;

  Validator(Map<?, ?> root) {
    this.root = root;
  }

  boolean valid(Object value) {
    return valid(root, value);
  }

  private boolean valid(Object any, Object value) {
    Map<?, ?> schema = (Map<?, ?>) any;
    if (schema.get("$ref") instanceof String pointer) {
      Map<?, ?> target =
          pointer.equals("#")
              ? root
              : (Map<?, ?>) ((Map<?, ?>) root.get("$defs")).get(pointer.substring(8));
      if (!valid(target, value)) {
        return false;
      }
    }
    if (schema.get("anyOf") instanceof List<?> list
        && list.stream().noneMatch(s -> valid(s, value))) {
      return false;
    }
    if (schema.get("oneOf") instanceof List<?> list
        && list.stream().filter(s -> valid(s, value)).count() != 1) {
      return false;
    }
    if (schema.get("enum") instanceof List<?> list
        && list.stream().noneMatch(v -> same(v, value))) {
      return false;
    }
    if (schema.containsKey("const") && !same(schema.get("const"), value)) {
      return false;
    }
    if (schema.get("type") instanceof String type && !is(type, value)) {
      return false;
    }
    if (schema.get("type") instanceof List<?> types
        && types.stream().noneMatch(t -> is((String) t, value))) {
      return false;
    }
    if (value instanceof Map<?, ?> object) {
      return object(schema, object);
    } else if (value instanceof List<?> list) {
      return within(list.size(), schema, "minItems", "maxItems")
          && (!schema.containsKey("items")
              || list.stream().allMatch(v -> valid(schema.get("items"), v)));
    } else if (value instanceof String text) {
      return within(text.codePointCount(0, text.length()), schema, "minLength", "maxLength");
    } else if (value instanceof Number number) {
      return within(number, schema, "minimum", "maximum");
    }
    return true;
  }

  private boolean object(Map<?, ?> schema, Map<?, ?> object) {
    Map<?, ?> properties =
        schema.get("properties") instanceof Map<?, ?> declared ? declared : Map.of();
    if (schema.get("required") instanceof List<?> required
        && !object.keySet().containsAll(required)) {
      return false;
    }
    return object.entrySet().stream()
        .allMatch(
            e ->
                properties.containsKey(e.getKey())
                    ? valid(properties.get(e.getKey()), e.getValue())
                    : !Boolean.FALSE.equals(schema.get("additionalProperties")));
  }

  private static boolean within(Number value, Map<?, ?> schema, String min, String max) {
    BigDecimal exact = new BigDecimal(value.toString());
    return !(schema.get(min) instanceof Number low
            && exact.compareTo(new BigDecimal(low.toString())) < 0)
        && !(schema.get(max) instanceof Number high
            && exact.compareTo(new BigDecimal(high.toString())) > 0);
  }

  private static boolean is(String type, Object value) {
    return switch (type) {
      case "object" -> value instanceof Map;
      case "array" -> value instanceof List;
      case "string" -> value instanceof String;
      case "number" -> value instanceof Number;
      case "integer" ->
          value instanceof Number number
              && new BigDecimal(number.toString()).stripTrailingZeros().scale() <= 0;
      case "boolean" -> value instanceof Boolean;
      default -> value == null;
    };
  }

  private static boolean same(Object a, Object b) {
    if (a instanceof Number one && b instanceof Number other) {
      return new BigDecimal(one.toString()).compareTo(new BigDecimal(other.toString())) == 0;
    }
    return a == null ? b == null : a.equals(b);
  }
}
