package io.telecomllm.jinja;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Predicate;

/** The filters ({@code value | name}) and tests ({@code value is name}) that templates use. */
final class Filters {
  private Filters() {}

  static Object filter(String name, Object value, List<Object> a, Map<String, Object> named) {
    return switch (name) {
      case "trim" -> Methods.strip(Values.text(value), a, true, true);
      case "length", "count" -> Values.length(value);
      case "upper" -> Values.text(value).toUpperCase(Locale.ROOT);
      case "lower" -> Values.text(value).toLowerCase(Locale.ROOT);
      case "capitalize" -> Methods.capitalize(Values.text(value));
      case "title" -> Methods.title(Values.text(value));
      case "string" -> Values.text(value);
      case "safe" -> value;
      case "tojson" -> json(value, named);
      case "join" -> Methods.join(Values.elements(value), a.isEmpty() ? "" : Values.text(a.get(0)));
      case "replace" ->
          Methods.replace(
              Values.text(value), Methods.argument(a, 0, name), Methods.argument(a, 1, name));
      case "first" -> Values.item(Values.elements(value), 0L);
      case "last" -> Values.item(Values.elements(value), -1L);
      case "list" -> List.copyOf(Values.elements(value));
      case "reverse" -> reversed(value);
      case "items" -> value instanceof Map<?, ?> map ? items(map) : Values.elements(value);
      case "int" -> integer(value, a);
      case "abs" ->
          value instanceof Long number
              ? (Object) Math.abs(number)
              : (Object) Math.abs(Values.number(value));
      case "default", "d" -> standIn(value, a, named);
      case "map" -> mapped(value, a, named);
      case "selectattr" -> selected(value, a, true);
      case "rejectattr" -> selected(value, a, false);
      case "select" -> filtered(value, element -> asked(element, a, 0));
      case "reject" -> filtered(value, element -> !asked(element, a, 0));
      default -> throw new JinjaException("the filter " + name + " is not supported");
    };
  }

  private static Object json(Object value, Map<String, Object> named) {
    if (named.getOrDefault("indent", Values.NONE) != Values.NONE) {
      throw new JinjaException("tojson with an indent is not supported");
    }
    return Values.json(value);
  }

  private static Object reversed(Object value) {
    List<Object> elements = new ArrayList<>(Values.elements(value));
    Collections.reverse(elements);
    return value instanceof String ? Methods.join(elements, "") : elements;
  }

  static List<Object> items(Map<?, ?> map) {
    List<Object> items = new ArrayList<>();
    map.forEach((key, value) -> items.add(List.of(key, value)));
    return items;
  }

  private static Object integer(Object value, List<Object> a) {
    if (Values.isNumber(value)) {
      return (long) Values.number(value);
    }
    try {
      return Long.parseLong(Values.text(value).strip());
    } catch (NumberFormatException e) {
      return a.isEmpty() ? (Object) 0L : a.get(0);
    }
  }

  private static Object standIn(Object value, List<Object> a, Map<String, Object> named) {
    Object other = a.isEmpty() ? named.getOrDefault("default_value", "") : a.get(0);
    Object falsy = a.size() > 1 ? a.get(1) : named.getOrDefault("boolean", false);
    boolean missing =
        value instanceof Values.Undefined || (Values.truth(falsy) && !Values.truth(value));
    return missing ? other : value;
  }

  private static Object mapped(Object value, List<Object> a, Map<String, Object> named) {
    Object attribute = named.get("attribute");
    return !Values.truth(value)
        ? List.of()
        : Values.elements(value).stream()
            .map(
                element ->
                    attribute != null
                        ? Values.item(element, attribute)
                        : filter(
                            Methods.argument(a, 0, "map"),
                            element,
                            a.subList(1, a.size()),
                            Map.of()))
            .toList();
  }

  private static Object selected(Object value, List<Object> a, boolean wanted) {
    String attribute = Methods.argument(a, 0, "selectattr");
    return filtered(value, element -> asked(Values.item(element, attribute), a, 1) == wanted);
  }

  private static boolean asked(Object value, List<Object> a, int from) {
    return a.size() <= from
        ? Values.truth(value)
        : test(Methods.argument(a, from, "select"), value, a.subList(from + 1, a.size()));
  }

  private static Object filtered(Object value, Predicate<Object> wanted) {
    // Jinja takes none as an empty list here, unlike in a loop
    return !Values.truth(value)
        ? List.of()
        : Values.elements(value).stream().map(e -> (Object) e).filter(wanted).toList();
  }

  static boolean test(String name, Object value, List<Object> a) {
    return switch (name) {
      case "defined" -> !(value instanceof Values.Undefined);
      case "undefined" -> value instanceof Values.Undefined;
      case "none" -> value == Values.NONE;
      case "string" -> value instanceof String;
      case "mapping" -> value instanceof Map;
      case "boolean" -> value instanceof Boolean;
      case "true" -> Boolean.TRUE.equals(value);
      case "false" -> Boolean.FALSE.equals(value);
      case "integer" -> value instanceof Long;
      case "float" -> value instanceof Double;
      case "number" -> Values.isNumber(value);
      case "iterable", "sequence" ->
          value instanceof List || value instanceof Map || value instanceof String;
      case "callable" -> value instanceof Values.Callable;
      case "odd" -> Values.number(value) % 2 != 0;
      case "even" -> Values.number(value) % 2 == 0;
      case "divisibleby" -> Values.number(value) % Values.number(given(a, name)) == 0;
      case "eq", "equalto", "==", "sameas" -> Values.equal(value, given(a, name));
      case "ne", "!=" -> !Values.equal(value, given(a, name));
      case "gt", "greaterthan", ">" -> Values.compare(value, given(a, name)) > 0;
      case "lt", "lessthan", "<" -> Values.compare(value, given(a, name)) < 0;
      case "ge", ">=" -> Values.compare(value, given(a, name)) >= 0;
      case "le", "<=" -> Values.compare(value, given(a, name)) <= 0;
      case "in" -> Values.contains(given(a, name), value);
      default -> throw new JinjaException("the test " + name + " is not supported");
    };
  }

  private static Object given(List<Object> arguments, String name) {
    if (arguments.isEmpty()) {
      throw new JinjaException("the test " + name + " needs an argument");
    }
    return arguments.get(0);
  }
}
