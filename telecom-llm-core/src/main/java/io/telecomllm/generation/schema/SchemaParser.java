package io.telecomllm.generation.schema;

import io.telecomllm.InvalidDataException;
import io.telecomllm.generation.schema.Schema.AnyObject;
import io.telecomllm.generation.schema.Schema.Choice;
import io.telecomllm.generation.schema.Schema.Items;
import io.telecomllm.generation.schema.Schema.Properties;
import io.telecomllm.generation.schema.Schema.Properties.Property;
import io.telecomllm.generation.schema.Schema.Reference;
import io.telecomllm.generation.schema.Schema.Scalar;
import io.telecomllm.generation.schema.Schema.Words;
import io.telecomllm.json.JsonText;
import io.telecomllm.text.Quoted;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads the values of a JSON schema; whatever it refuses, it names by its JSON pointer. */
final class SchemaParser {
  private static final int POINTER_CHARACTERS = 300;

  /** Doubles hold all integers up to here. */
  private static final double MAX_PLAIN = 1L << 53;

  private final Set<String> pointers = new LinkedHashSet<>();

  private SchemaParser() {}

  /** Reads a whole document. */
  static Definitions parse(@Nullable Object json) {
    Map<String, @Nullable Object> root = object(Definitions.ROOT, json);
    Map<String, @Nullable Object> defs =
        root.containsKey("$defs") ? object("#/$defs", root.get("$defs")) : Map.of();
    SchemaParser parser = new SchemaParser();
    defs.keySet().forEach(name -> parser.pointers.add(within("#/$defs", name)));
    parser.pointers.add(Definitions.ROOT);
    // the definitions first, so that a refusal names the smallest schema at fault
    Map<String, Schema> schemas = new LinkedHashMap<>();
    defs.forEach(
        (name, value) -> {
          String pointer = within("#/$defs", name);
          schemas.put(pointer, parser.schema(pointer, value));
        });
    schemas.put(Definitions.ROOT, parser.schema(Definitions.ROOT, root));
    return new Definitions(schemas);
  }

  /** Returns an error about what is at a pointer. */
  static InvalidDataException refused(String pointer, String what) {
    return new InvalidDataException(
        "JSON schema, " + Quoted.line(pointer, POINTER_CHARACTERS) + ": " + what);
  }

  /** Returns the pointer to a member (RFC 6901). */
  static String within(String pointer, Object name) {
    return pointer + "/" + name.toString().replace("~", "~0").replace("/", "~1");
  }

  private Schema schema(String pointer, @Nullable Object value) {
    Map<String, @Nullable Object> schema = object(pointer, value);
    String form = Keywords.form(schema);
    List<JsonType> types =
        schema.containsKey("type") ? types(within(pointer, "type"), schema.get("type")) : List.of();
    Keywords.check(pointer, schema, form, types);
    String at = within(pointer, form);
    Object said = schema.get(form);
    return switch (form) {
      case "$ref" -> reference(at, said);
      case "anyOf" -> new Choice(schemas(at, said));
      case "oneOf" -> new Exclusive(at, schemas(at, said));
      case "enum" -> words(at, list(at, said), types);
      case "const" -> new Words(List.of(word(at, said, types)));
      default -> typed(pointer, schema, types);
    };
  }

  private Schema typed(String pointer, Map<String, @Nullable Object> schema, List<JsonType> types) {
    if (types.isEmpty()) {
      throw refused(
          pointer, "does not say what the value is; give it a type, enum, const, anyOf or $ref");
    }
    List<Schema> each = new ArrayList<>();
    Limits limits = new Limits(pointer, schema);
    for (JsonType type : types) {
      each.add(
          switch (type) {
            case OBJECT -> properties(pointer, schema);
            case ARRAY -> items(pointer, schema, limits);
            case STRING -> {
              int min = limits.count("minLength", 0);
              int max = limits.count("maxLength", StringGrammar.UNLIMITED);
              limits.checkOrder("minLength", "maxLength", min <= max);
              yield new Scalar(JsonType.STRING, new StringGrammar(min, max));
            }
            case INTEGER, NUMBER -> new Scalar(JsonType.NUMBER, limits.number(type));
            case BOOLEAN -> new Words(List.of("true", "false"));
            case NULL -> new Words(List.of("null"));
          });
    }
    return each.size() == 1 ? each.get(0) : new Choice(List.copyOf(each));
  }

  private Schema items(String pointer, Map<String, @Nullable Object> schema, Limits limits) {
    int min = limits.count("minItems", 0);
    int max = limits.count("maxItems", ArrayGrammar.UNLIMITED);
    limits.checkOrder("minItems", "maxItems", min <= max);
    if (!schema.containsKey("items")) {
      throw refused(pointer, "an array needs items, the schema of its elements");
    }
    return new Items(schema(within(pointer, "items"), schema.get("items")), min, max);
  }

  private Schema properties(String pointer, Map<String, @Nullable Object> schema) {
    if (!schema.containsKey("properties")) {
      if (schema.containsKey("required") || schema.containsKey("additionalProperties")) {
        throw refused(
            pointer,
            "an object with required or additionalProperties needs properties, which may be empty");
      }
      return new AnyObject();
    } else if (schema.containsKey("additionalProperties")
        && !Boolean.FALSE.equals(schema.get("additionalProperties"))) {
      throw refused(
          within(pointer, "additionalProperties"),
          "only false is supported; name each property in properties");
    }
    String at = within(pointer, "properties");
    Map<String, @Nullable Object> declared = object(at, schema.get("properties"));
    List<?> required =
        schema.containsKey("required")
            ? list(within(pointer, "required"), schema.get("required"))
            : List.of();
    for (int i = 0; i < required.size(); i++) {
      if (!(required.get(i) instanceof String name && declared.containsKey(name))) {
        throw refused(
            within(within(pointer, "required"), i),
            found(required.get(i)) + " is not among the properties " + declared.keySet());
      }
    }
    List<Property> properties = new ArrayList<>();
    declared.forEach(
        (name, value) ->
            properties.add(
                new Property(name, schema(within(at, name), value), required.contains(name))));
    return new Properties(List.copyOf(properties));
  }

  private Schema reference(String at, @Nullable Object target) {
    if (target instanceof String pointer && pointers.contains(pointer)) {
      return new Reference(pointer);
    }
    throw refused(at, "is " + found(target) + ", must be one of " + pointers);
  }

  private List<Schema> schemas(String at, @Nullable Object value) {
    List<?> list = list(at, value);
    List<Schema> schemas = new ArrayList<>();
    for (int i = 0; i < list.size(); i++) {
      schemas.add(schema(within(at, i), list.get(i)));
    }
    return List.copyOf(nonEmpty(at, schemas));
  }

  private static Words words(String at, List<?> values, List<JsonType> types) {
    List<String> words = new ArrayList<>();
    for (int i = 0; i < values.size(); i++) {
      words.add(word(within(at, i), values.get(i), types));
    }
    return new Words(List.copyOf(nonEmpty(at, words)));
  }

  private static String word(String at, @Nullable Object value, List<JsonType> types) {
    String text = JsonText.line(value instanceof Double number ? plain(number) : value);
    JsonType type = JsonType.of(text);
    if (type == JsonType.OBJECT || type == JsonType.ARRAY) {
      throw refused(at, "is " + found(value) + "; only scalars are supported, use properties");
    } else if (!types.isEmpty() && !types.contains(type) && !types.contains(type.wider())) {
      throw refused(at, found(value) + " is not of the type that the schema names; correct one");
    }
    return text;
  }

  /** Returns 2 for 2.0, which equals it and is an integer too. */
  private static Number plain(Double number) {
    boolean whole = Math.rint(number) == number && Math.abs(number) < MAX_PLAIN;
    return whole ? (Number) number.longValue() : number;
  }

  private static List<JsonType> types(String at, @Nullable Object value) {
    List<?> words = value instanceof List<?> list ? list : List.of(String.valueOf(value));
    List<JsonType> types = new ArrayList<>();
    for (Object word : words) {
      types.add(
          JsonType.named(String.valueOf(word))
              .orElseThrow(
                  () -> refused(at, "is " + found(word) + ", must be of " + JsonType.words())));
    }
    return nonEmpty(at, types);
  }

  private static <T> List<T> nonEmpty(String at, List<T> list) {
    if (list.isEmpty()) {
      throw refused(at, "is empty, so no value satisfies it; give it at least one element");
    }
    return list;
  }

  private static Map<String, @Nullable Object> object(String at, @Nullable Object value) {
    if (value instanceof Map<?, ?> map) {
      Map<String, @Nullable Object> object = new LinkedHashMap<>();
      map.forEach((name, member) -> object.put((String) name, member));
      return object;
    }
    throw refused(at, "is " + found(value) + ", must be an object");
  }

  private static List<?> list(String at, @Nullable Object value) {
    if (value instanceof List<?> list) {
      return list;
    }
    throw refused(at, "is " + found(value) + ", must be an array");
  }

  /** Returns a value for an error. */
  static String found(@Nullable Object value) {
    return Quoted.line(JsonText.line(value));
  }
}
