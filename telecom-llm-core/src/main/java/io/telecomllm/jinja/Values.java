package io.telecomllm.jinja;

import io.telecomllm.json.JsonText;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What values of a template do, as in Python. A value is a String, a Long, a Double, a Boolean, a
 * List, a Map with text keys, a {@link Callable}, a {@link Namespace}, {@link #NONE} or {@link
 * Undefined}.
 */
final class Values {
  /** Python's None. */
  static final Object NONE =
      new Object() {
        @Override
        public String toString() {
          return "None";
        }
      };

  /** The longest text or list that an operation makes. */
  static final int LONGEST = 1 << 20;

  private Values() {}

  /** A value that does not exist. */
  record Undefined(String name) {}

  /** Something to call. */
  @FunctionalInterface
  interface Callable {
    Object call(List<Object> arguments, Map<String, Object> named);
  }

  /** An object whose attributes a template may set. */
  static final class Namespace {
    final Map<String, Object> attributes = new LinkedHashMap<>();
  }

  /** Returns the value of something that a caller or JSON gives. */
  static Object of(@Nullable Object given) {
    if (given == null) {
      return NONE;
    } else if (given instanceof String || given instanceof Boolean || given instanceof Double) {
      return given;
    } else if (given instanceof Integer || given instanceof Long) {
      return ((Number) given).longValue();
    } else if (given instanceof List<?> list) {
      List<Object> values = new ArrayList<>();
      list.forEach(element -> values.add(of(element)));
      return values;
    } else if (given instanceof Map<?, ?> map) {
      Map<String, Object> values = new LinkedHashMap<>();
      map.forEach((key, value) -> values.put((String) key, of(value)));
      return values;
    }
    throw new IllegalArgumentException("a template cannot be given a " + given.getClass());
  }

  static boolean truth(Object value) {
    if (value instanceof Boolean bool) {
      return bool;
    } else if (value instanceof String text) {
      return !text.isEmpty();
    } else if (value instanceof Long number) {
      return number != 0;
    } else if (value instanceof Double number) {
      return number != 0;
    } else if (value instanceof List<?> list) {
      return !list.isEmpty();
    } else if (value instanceof Map<?, ?> map) {
      return !map.isEmpty();
    }
    return value != NONE && !(value instanceof Undefined);
  }

  /** Returns the text that a template prints for a value. */
  static String text(Object value) {
    if (value instanceof String text) {
      return text;
    } else if (value instanceof Boolean bool) {
      return bool ? "True" : "False";
    } else if (value instanceof Undefined) {
      return "";
    } else if (value instanceof Long || value == NONE) {
      return value.toString();
    }
    throw new JinjaException("a " + kind(value) + " is printed, which is not supported");
  }

  static String kind(Object value) {
    if (value instanceof Undefined undefined) {
      return "undefined value (" + undefined.name() + ")";
    } else if (value instanceof String) {
      return "text";
    } else if (value instanceof Long || value instanceof Double) {
      return "number";
    } else if (value instanceof List) {
      return "list";
    } else if (value instanceof Map) {
      return "mapping";
    }
    return value == NONE ? "none" : value instanceof Boolean ? "boolean" : "function";
  }

  static boolean equal(Object a, Object b) {
    if (isNumber(a) && isNumber(b)) {
      return number(a) == number(b);
    } else if (a instanceof List<?> x && b instanceof List<?> y) {
      if (x.size() != y.size()) {
        return false;
      }
      for (int i = 0; i < x.size(); i++) {
        if (!equal(x.get(i), y.get(i))) {
          return false;
        }
      }
      return true;
    } else if (a instanceof Undefined && b instanceof Undefined) {
      return true;
    }
    return a.equals(b);
  }

  /** True is 1 in Python. */
  static boolean isNumber(Object value) {
    return value instanceof Long || value instanceof Double || value instanceof Boolean;
  }

  static double number(Object value) {
    return value instanceof Boolean bool ? (bool ? 1 : 0) : ((Number) value).doubleValue();
  }

  static int compare(Object a, Object b) {
    if (isNumber(a) && isNumber(b)) {
      return Double.compare(number(a), number(b));
    } else if (a instanceof String x && b instanceof String y) {
      return x.compareTo(y);
    }
    throw new JinjaException("a " + kind(a) + " is compared with a " + kind(b));
  }

  static boolean contains(Object container, Object value) {
    if (container instanceof String text && value instanceof String part) {
      return text.contains(part);
    } else if (container instanceof List<?> list) {
      return list.stream().anyMatch(element -> equal(element, value));
    } else if (container instanceof Map<?, ?> map) {
      return value instanceof String && map.containsKey(value);
    } else if (container instanceof Undefined) {
      return false;
    }
    throw new JinjaException("a " + kind(value) + " is looked for in a " + kind(container));
  }

  /** Makes a value unless it would be too long. */
  static <T> T limited(long length, Supplier<T> value) {
    if (length > LONGEST) {
      throw new JinjaException("a value of " + length + " characters or elements");
    }
    return value.get();
  }

  /** Returns the elements of a list, the characters of a text or the keys of a mapping. */
  static List<?> elements(Object value) {
    if (value instanceof List<?> list) {
      return list;
    } else if (value instanceof Map<?, ?> map) {
      return List.copyOf(map.keySet());
    } else if (value instanceof String text) {
      return text.codePoints().mapToObj(Character::toString).toList();
    } else if (value instanceof Undefined) {
      return List.of();
    }
    throw new JinjaException("a " + kind(value) + " has no elements");
  }

  static long length(Object value) {
    return value instanceof String text
        ? text.codePointCount(0, text.length())
        : elements(value).size();
  }

  /** Returns {@code container[key]}. */
  static Object item(Object container, Object key) {
    if (container instanceof Undefined undefined) {
      throw new JinjaException(undefined.name() + " is undefined");
    }
    if (container instanceof Map<?, ?> map && key instanceof String) {
      Object found = map.get(key);
      return found == null ? new Undefined(String.valueOf(key)) : found;
    }
    if (key instanceof Long number && !(container instanceof Map)) {
      List<?> all = elements(container);
      long index = number < 0 ? number + all.size() : number;
      return index >= 0 && index < all.size()
          ? all.get((int) index)
          : new Undefined("element " + number);
    }
    return key instanceof String name ? attribute(container, name) : new Undefined(text(key));
  }

  /** Returns {@code container.name}. */
  static Object attribute(Object container, String name) {
    if (container instanceof Undefined undefined) {
      throw new JinjaException(undefined.name() + " is undefined");
    }
    Callable method = Methods.of(container, name);
    if (method != null) {
      return method;
    }
    Map<?, ?> attributes =
        container instanceof Namespace space
            ? space.attributes
            : container instanceof Map<?, ?> map ? map : Map.of();
    Object found = attributes.get(name);
    return found == null ? new Undefined(name) : found;
  }

  /** Returns {@code container[from:to:step]}; the bounds may be {@link #NONE}. */
  static Object slice(Object container, Object from, Object to, Object step) {
    List<?> all = elements(container);
    long by = step == NONE ? 1 : bound(step);
    if (by == 0) {
      throw new JinjaException("a slice with the step 0");
    }
    int size = all.size();
    long low = by > 0 ? 0 : -1;
    long high = by > 0 ? size : size - 1;
    long first = from == NONE ? (by > 0 ? low : high) : clamp(bound(from), size, low, high);
    long last = to == NONE ? (by > 0 ? high : low) : clamp(bound(to), size, low, high);
    List<Object> some = new ArrayList<>();
    for (long i = first; by > 0 ? i < last : i > last; i += by) {
      some.add(all.get((int) i));
    }
    return container instanceof String
        ? some.stream().map(Values::text).collect(Collectors.joining())
        : some;
  }

  private static long bound(Object value) {
    if (value instanceof Long number) {
      return Math.max(-LONGEST, Math.min(LONGEST, number));
    }
    throw new JinjaException("a " + kind(value) + " is the bound of a slice");
  }

  private static long clamp(long bound, int size, long low, long high) {
    return Math.max(low, Math.min(high, bound < 0 ? bound + size : bound));
  }

  /** Returns a value as JSON, spaced as Python's json.dumps does. */
  static String json(Object value) {
    if (value instanceof Undefined || value instanceof Callable || value instanceof Namespace) {
      throw new JinjaException("a " + kind(value) + " is written as JSON");
    } else if (value instanceof List<?> list) {
      return list.stream().map(Values::json).collect(Collectors.joining(", ", "[", "]"));
    } else if (value instanceof Map<?, ?> map) {
      return map.entrySet().stream()
          .map(entry -> json(entry.getKey()) + ": " + json(entry.getValue()))
          .collect(Collectors.joining(", ", "{", "}"));
    } else if (value instanceof String text) {
      return JsonText.withoutNulls(text);
    }
    return value == NONE ? "null" : value.toString();
  }
}
