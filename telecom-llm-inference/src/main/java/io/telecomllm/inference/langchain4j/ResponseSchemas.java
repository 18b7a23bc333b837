package io.telecomllm.inference.langchain4j;

import dev.langchain4j.exception.UnsupportedFeatureException;
import dev.langchain4j.model.chat.request.ResponseFormat;
import dev.langchain4j.model.chat.request.ResponseFormatType;
import dev.langchain4j.model.chat.request.json.JsonAnyOfSchema;
import dev.langchain4j.model.chat.request.json.JsonArraySchema;
import dev.langchain4j.model.chat.request.json.JsonBooleanSchema;
import dev.langchain4j.model.chat.request.json.JsonEnumSchema;
import dev.langchain4j.model.chat.request.json.JsonIntegerSchema;
import dev.langchain4j.model.chat.request.json.JsonNullSchema;
import dev.langchain4j.model.chat.request.json.JsonNumberSchema;
import dev.langchain4j.model.chat.request.json.JsonObjectSchema;
import dev.langchain4j.model.chat.request.json.JsonRawSchema;
import dev.langchain4j.model.chat.request.json.JsonReferenceSchema;
import dev.langchain4j.model.chat.request.json.JsonSchemaElement;
import dev.langchain4j.model.chat.request.json.JsonStringSchema;
import io.telecomllm.InvalidDataException;
import io.telecomllm.generation.schema.JsonSchema;
import io.telecomllm.json.JsonText;
import io.telecomllm.json.StrictJson;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Turns LangChain4j's response formats into schemas that a text can be held to. */
final class ResponseSchemas {
  private static final Map<String, Object> ANY_OBJECT = Map.of("type", "object");

  private ResponseSchemas() {}

  /**
   * Returns the schema of a format; that of any object for JSON without one, empty for text.
   *
   * @throws UnsupportedFeatureException naming the schema and the place in it that texts cannot be
   *     held to
   */
  static Optional<JsonSchema> of(@Nullable ResponseFormat format) {
    if (format == null || format.type() != ResponseFormatType.JSON) {
      return Optional.empty();
    }
    var named = format.jsonSchema();
    if (named == null) {
      return Optional.of(JsonSchema.parse(JsonText.line(ANY_OBJECT)));
    }
    try {
      return Optional.of(JsonSchema.parse(JsonText.line(json(named.rootElement()))));
    } catch (InvalidDataException e) {
      UnsupportedFeatureException refused =
          new UnsupportedFeatureException(
              "the schema '" + named.name() + "' is not supported: " + e.getMessage());
      refused.initCause(e);
      throw refused;
    }
  }

  /** Returns an element as JSON, without its description. */
  private static @Nullable Object json(JsonSchemaElement element) {
    if (element instanceof JsonObjectSchema object) {
      return object(object);
    } else if (element instanceof JsonArraySchema array) {
      return array(array);
    } else if (element instanceof JsonEnumSchema words) {
      return Map.of("enum", words.enumValues());
    } else if (element instanceof JsonAnyOfSchema choice) {
      return Map.of("anyOf", choice.anyOf().stream().map(ResponseSchemas::json).toList());
    } else if (element instanceof JsonReferenceSchema reference) {
      return Map.of("$ref", "#/$defs/" + escaped(reference.reference()));
    } else if (element instanceof JsonRawSchema raw) {
      return StrictJson.parse("JSON schema", raw.schema().getBytes(StandardCharsets.UTF_8));
    }
    return Map.of("type", scalar(element));
  }

  private static Map<String, @Nullable Object> object(JsonObjectSchema element) {
    Map<String, @Nullable Object> object = new LinkedHashMap<>(ANY_OBJECT);
    // one that declares nothing and forbids nothing stands for a map
    if (!element.properties().isEmpty() || element.additionalProperties() != null) {
      object.put("properties", all(element.properties()));
    }
    if (element.required() != null && !element.required().isEmpty()) {
      object.put("required", element.required());
    }
    if (element.additionalProperties() != null) {
      object.put("additionalProperties", element.additionalProperties());
    }
    if (element.definitions() != null && !element.definitions().isEmpty()) {
      object.put("$defs", all(element.definitions()));
    }
    return object;
  }

  private static Map<String, @Nullable Object> array(JsonArraySchema element) {
    Map<String, @Nullable Object> array = new LinkedHashMap<>();
    array.put("type", "array");
    if (element.items() != null) {
      array.put("items", json(element.items()));
    }
    return array;
  }

  private static Map<String, @Nullable Object> all(Map<String, JsonSchemaElement> elements) {
    Map<String, @Nullable Object> all = new LinkedHashMap<>();
    elements.forEach((name, element) -> all.put(name, json(element)));
    return all;
  }

  /** Returns a name as a part of a JSON pointer (RFC 6901). */
  private static String escaped(String name) {
    return name.replace("~", "~0").replace("/", "~1");
  }

  private static String scalar(JsonSchemaElement element) {
    if (element instanceof JsonStringSchema) {
      return "string";
    } else if (element instanceof JsonIntegerSchema) {
      return "integer";
    } else if (element instanceof JsonNumberSchema) {
      return "number";
    } else if (element instanceof JsonBooleanSchema) {
      return "boolean";
    } else if (element instanceof JsonNullSchema) {
      return "null";
    }
    throw new UnsupportedFeatureException(
        "a schema element of class " + element.getClass().getName() + " is not supported");
  }
}
