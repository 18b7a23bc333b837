package io.telecomllm.generation.schema;

import static java.util.stream.Collectors.joining;

import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Which keywords a schema may have, and what to do about others. */
final class Keywords {
  /** The keywords that say what a value is, by precedence; {@code type} if there is none. */
  private static final List<String> FORMS = List.of("$ref", "anyOf", "oneOf", "enum", "const");

  /** Keywords that inform readers and restrict no value. */
  private static final Set<String> ANNOTATIONS =
      Set.of(
          "title",
          "description",
          "default",
          "examples",
          "$comment",
          "deprecated",
          "readOnly",
          "writeOnly");

  private static final Set<String> AT_THE_ROOT = Set.of("$schema", "$id", "$defs");

  private static final Map<String, String> WAYS_OUT =
      Map.ofEntries(
          Map.entry("allOf", "write its schemas as one"),
          Map.entry("exclusiveMinimum", "use minimum"),
          Map.entry("exclusiveMaximum", "use maximum"),
          Map.entry("definitions", "name it $defs"),
          Map.entry("pattern", "use enum, or leave it out and check the text afterwards"),
          Map.entry("prefixItems", "use an object with a property for each element"),
          Map.entry("patternProperties", "name each property in properties"));

  private Keywords() {}

  /** Returns the keyword that says what a value is. */
  static String form(Map<?, ?> schema) {
    return FORMS.stream().filter(schema::containsKey).findFirst().orElse("type");
  }

  /**
   * Refuses a keyword that is unknown, or that has no effect on a schema of this form.
   *
   * @param types the types that the schema names; none if it names none
   */
  static void check(String pointer, Map<String, ?> schema, String form, List<JsonType> types) {
    Set<String> allowed = new HashSet<>(ANNOTATIONS);
    allowed.add(form);
    if (form.equals("type")) {
      types.forEach(type -> allowed.addAll(type.keywords()));
    } else if (form.equals("enum") || form.equals("const")) {
      allowed.add("type");
    }
    if (pointer.equals(Definitions.ROOT)) {
      allowed.addAll(AT_THE_ROOT);
    }
    for (String keyword : schema.keySet()) {
      if (!allowed.contains(keyword)) {
        throw SchemaParser.refused(
            SchemaParser.within(pointer, keyword), refusal(keyword, form, types));
      }
    }
  }

  private static String refusal(String keyword, String form, List<JsonType> types) {
    if (AT_THE_ROOT.contains(keyword)) {
      return "is supported at the root only; move it there";
    } else if (!isKnown(keyword)) {
      return "is not supported; "
          + WAYS_OUT.getOrDefault(keyword, "leave it out and check the value afterwards");
    } else if (form.equals("type")) {
      String words = types.stream().map(JsonType::word).collect(joining(", "));
      return "does not apply to type " + words + "; leave it out";
    }
    return "is not supported next to " + form + "; put it into the schema it applies to";
  }

  private static boolean isKnown(String keyword) {
    return keyword.equals("type")
        || FORMS.contains(keyword)
        || Arrays.stream(JsonType.values()).anyMatch(type -> type.keywords().contains(keyword));
  }
}
