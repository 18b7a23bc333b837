package io.telecomllm.generation.schema;

import static java.util.stream.Collectors.joining;

import com.google.common.collect.ImmutableList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** The types of JSON Schema, each with the keywords that restrict its values. */
enum JsonType {
  OBJECT("properties", "required", "additionalProperties"),
  ARRAY("items", "minItems", "maxItems"),
  STRING("minLength", "maxLength"),
  INTEGER("minimum", "maximum"),
  NUMBER("minimum", "maximum"),
  BOOLEAN,
  NULL;

  private final ImmutableList<String> keywords;

  JsonType(String... keywords) {
    this.keywords = ImmutableList.copyOf(keywords);
  }

  /** Returns the type's name in a schema. */
  String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** Returns the keywords that apply to the type. */
  List<String> keywords() {
    return keywords;
  }

  /** Returns the type that includes this one: an integer is a number. */
  JsonType wider() {
    return this == INTEGER ? NUMBER : this;
  }

  /** Returns the type with a name. */
  static Optional<JsonType> named(Object word) {
    return Arrays.stream(values()).filter(type -> type.word().equals(word)).findFirst();
  }

  /** Returns the names of all types. */
  static String words() {
    return Arrays.stream(values()).map(JsonType::word).collect(joining(", "));
  }

  /** Returns the type of a JSON text. */
  static JsonType of(String text) {
    return switch (text.charAt(0)) {
      case '{' -> OBJECT;
      case '[' -> ARRAY;
      case '"' -> STRING;
      case 't', 'f' -> BOOLEAN;
      case 'n' -> NULL;
      default -> text.matches("-?[0-9]+") ? INTEGER : NUMBER;
    };
  }
}
