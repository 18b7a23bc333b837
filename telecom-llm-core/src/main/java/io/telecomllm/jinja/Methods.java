package io.telecomllm.jinja;

import com.google.common.base.Splitter;
import io.telecomllm.jinja.Values.Callable;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The methods of texts and mappings that templates call, as in Python. None changes its object. */
final class Methods {
  private static final Pattern SPACES = Pattern.compile("\\s+");

  private Methods() {}

  /** Returns a method of a value; null if it has none of this name. */
  static @Nullable Callable of(Object value, String name) {
    if (value instanceof String text) {
      return ofText(text, name);
    } else if (value instanceof Map<?, ?> map) {
      return ofMapping(map, name);
    }
    return null;
  }

  private static @Nullable Callable ofText(String text, String name) {
    return switch (name) {
      case "strip" -> (a, n) -> strip(text, a, true, true);
      case "lstrip" -> (a, n) -> strip(text, a, true, false);
      case "rstrip" -> (a, n) -> strip(text, a, false, true);
      case "split" -> (a, n) -> split(text, a);
      case "startswith" -> (a, n) -> anyOf(a).stream().anyMatch(text::startsWith);
      case "endswith" -> (a, n) -> anyOf(a).stream().anyMatch(text::endsWith);
      case "upper" -> (a, n) -> text.toUpperCase(Locale.ROOT);
      case "lower" -> (a, n) -> text.toLowerCase(Locale.ROOT);
      case "title" -> (a, n) -> title(text);
      case "capitalize" -> (a, n) -> capitalize(text);
      case "replace" -> (a, n) -> replace(text, argument(a, 0, name), argument(a, 1, name));
      case "find" -> (a, n) -> (long) text.indexOf(argument(a, 0, name));
      case "count" ->
          (a, n) -> (long) (text.split(Pattern.quote(argument(a, 0, name)), -1).length - 1);
      case "join" -> (a, n) -> join(a.isEmpty() ? List.of() : Values.elements(a.get(0)), text);
      default -> null;
    };
  }

  private static @Nullable Callable ofMapping(Map<?, ?> map, String name) {
    return switch (name) {
      case "items" -> (a, n) -> Filters.items(map);
      case "keys" -> (a, n) -> List.copyOf(map.keySet());
      case "values" -> (a, n) -> List.copyOf(map.values());
      case "get" ->
          (a, n) -> {
            Object found = map.get(argument(a, 0, name));
            return found != null ? found : a.size() > 1 ? a.get(1) : Values.NONE;
          };
      default -> null;
    };
  }

  /** Returns a text argument. */
  static String argument(List<Object> arguments, int index, String name) {
    if (index < arguments.size() && arguments.get(index) instanceof String text) {
      return text;
    }
    throw new JinjaException(name + " needs a text as argument " + (index + 1));
  }

  private static List<String> anyOf(List<Object> arguments) {
    Object first = arguments.isEmpty() ? "" : arguments.get(0);
    return first instanceof List<?> several
        ? several.stream().map(Values::text).toList()
        : List.of(argument(arguments, 0, "startswith"));
  }

  static String strip(String text, List<Object> arguments, boolean left, boolean right) {
    String set =
        arguments.isEmpty() || arguments.get(0) == Values.NONE
            ? ""
            : argument(arguments, 0, "strip");
    int from = 0;
    int to = text.length();
    while (left && from < to && stripped(text.charAt(from), set)) {
      from++;
    }
    while (right && to > from && stripped(text.charAt(to - 1), set)) {
      to--;
    }
    return text.substring(from, to);
  }

  private static boolean stripped(char c, String set) {
    // what Python's str.isspace holds for, within the first plane
    boolean space =
        Character.isWhitespace(c)
            || Character.isSpaceChar(c)
            || c == '\u0085'
            || (c >= 0x1c && c <= 0x1f);
    return set.isEmpty() ? space : set.indexOf(c) >= 0;
  }

  private static List<Object> split(String text, List<Object> arguments) {
    List<Object> parts = new ArrayList<>();
    if (arguments.isEmpty() || arguments.get(0) == Values.NONE) {
      Splitter.on(SPACES).omitEmptyStrings().split(text).forEach(parts::add);
      return parts;
    }
    String separator = argument(arguments, 0, "split");
    if (separator.isEmpty()) {
      throw new JinjaException("split with an empty separator");
    }
    long most =
        arguments.size() > 1 && arguments.get(1) instanceof Long n && n >= 0 ? n : Long.MAX_VALUE;
    int from = 0;
    int end = text.indexOf(separator);
    while (end >= 0 && parts.size() < most) {
      parts.add(text.substring(from, end));
      from = end + separator.length();
      end = text.indexOf(separator, from);
    }
    parts.add(text.substring(from));
    return parts;
  }

  static String replace(String text, String old, String with) {
    long hits = old.isEmpty() ? text.length() + 1L : text.length() / old.length();
    return Values.limited(text.length() + hits * with.length(), () -> text.replace(old, with));
  }

  static String join(List<?> parts, String between) {
    List<String> texts = parts.stream().map(Values::text).toList();
    long length = texts.stream().mapToLong(t -> t.length() + (long) between.length()).sum();
    return Values.limited(length, () -> String.join(between, texts));
  }

  static String capitalize(String text) {
    return text.isEmpty()
        ? text
        : text.substring(0, 1).toUpperCase(Locale.ROOT)
            + text.substring(1).toLowerCase(Locale.ROOT);
  }

  static String title(String text) {
    StringBuilder title = new StringBuilder();
    boolean inside = false;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      title.append(inside ? Character.toLowerCase(c) : Character.toUpperCase(c));
      inside = Character.isLetter(c);
    }
    return title.toString();
  }
}
