package io.telecomllm.inference.langchain4j;

import static io.telecomllm.inference.langchain4j.LangChainFixture.alone;
import static io.telecomllm.inference.langchain4j.LangChainFixture.answering;
import static io.telecomllm.inference.langchain4j.LangChainFixture.asking;
import static io.telecomllm.inference.langchain4j.LangChainFixture.tokens;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.langchain4j.exception.UnsupportedFeatureException;
import dev.langchain4j.model.chat.Capability;
import dev.langchain4j.model.chat.request.ResponseFormat;
import dev.langchain4j.model.chat.request.ResponseFormatType;
import dev.langchain4j.model.chat.request.json.JsonAnyOfSchema;
import dev.langchain4j.model.chat.request.json.JsonArraySchema;
import dev.langchain4j.model.chat.request.json.JsonBooleanSchema;
import dev.langchain4j.model.chat.request.json.JsonIntegerSchema;
import dev.langchain4j.model.chat.request.json.JsonNullSchema;
import dev.langchain4j.model.chat.request.json.JsonNumberSchema;
import dev.langchain4j.model.chat.request.json.JsonObjectSchema;
import dev.langchain4j.model.chat.request.json.JsonRawSchema;
import dev.langchain4j.model.chat.request.json.JsonReferenceSchema;
import dev.langchain4j.model.chat.request.json.JsonSchema;
import dev.langchain4j.model.chat.request.json.JsonSchemaElement;
import dev.langchain4j.model.chat.request.json.JsonStringSchema;
import dev.langchain4j.model.chat.response.ChatResponse;
import dev.langchain4j.model.output.FinishReason;
import io.telecomllm.generation.GenerationConfig;
import io.telecomllm.inference.TelecomAnswerer;
import io.telecomllm.inference.langchain4j.LangChainFixture.Endless;
import io.telecomllm.inference.langchain4j.LangChainFixture.Noting;
import io.telecomllm.json.StrictJson;
import io.telecomllm.model.LanguageModel;
import io.telecomllm.testing.TinyModel;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** JSON as response format: a random model, whose every text must satisfy the schema. */
@Timeout(60)
class LangChainJsonTest {
  private static final LanguageModel MODEL = TinyModel.load(600);
  private static final TelecomAnswerer ANSWERER = answering(MODEL).build();
  private static final TelecomChatModel CHAT = TelecomChatModel.of(ANSWERER).config(tokens(300));
  private static final JsonObjectSchema CELL =
      JsonObjectSchema.builder()
          .description("a cell")
          .addProperty("id", JsonIntegerSchema.builder().description("its number").build())
          .addEnumProperty("band", List.of("n78", "n1"))
          .addProperty(
              "next",
              JsonAnyOfSchema.builder()
                  .anyOf(new JsonNullSchema(), new JsonBooleanSchema())
                  .build())
          .required("id", "band", "next")
          .build();

  @AfterAll
  static void close() {
    ANSWERER.close();
    MODEL.close();
  }

  private static ResponseFormat format(JsonSchemaElement root) {
    return ResponseFormat.builder()
        .type(ResponseFormatType.JSON)
        .jsonSchema(JsonSchema.builder().name("Cell").rootElement(root).build())
        .build();
  }

  private static String schema(JsonSchemaElement root) {
    return ResponseSchemas.of(format(root)).orElseThrow().toJson();
  }

  private static Object json(String text) {
    return StrictJson.parse("the answer", text.getBytes(StandardCharsets.UTF_8));
  }

  /** What is written is the same as with the project's own form of the schema. */
  @Test
  void aTextIsHeldToItsSchema() {
    ChatResponse response = CHAT.chat(asking("q").responseFormat(format(CELL)).build());
    String text = response.aiMessage().text();
    assertThat((Map<?, ?>) json(text)).hasSize(3);
    assertThat(text).containsPattern("\"band\": ?\"(n78|n1)\"");
    assertThat(response.finishReason()).isEqualTo(FinishReason.STOP);
    var own =
        io.telecomllm.generation.schema.JsonSchema.parse(
            """
            {"type":"object","properties":{"id":{"type":"integer"},"band":{"enum":["n78","n1"]},
             "next":{"anyOf":[{"type":"null"},{"type":"boolean"}]}},
             "required":["id","band","next"]}
            """);
    assertThat(text)
        .isEqualTo(alone(MODEL, "q", tokens(300).toBuilder().constraint(own.constraint()).build()));
    assertThat(schema(CELL)).isEqualTo(own.toJson());
    assertThat(CHAT.chat("q")).isNotEqualTo(text);
  }

  @Test
  void jsonWithoutASchemaIsAnyObject() {
    for (int seed = 0; seed < 8; seed++) {
      int own = seed;
      TelecomChatModel drawing =
          CHAT.config(GenerationConfig.with(c -> c.maxNewTokens(250).temperature(1).seed(own)));
      ChatResponse response = drawing.chat(asking("q").responseFormat(ResponseFormat.JSON).build());
      String text = response.aiMessage().text();
      assertThat(text).startsWith("{");
      if (response.finishReason() == FinishReason.STOP) {
        assertThat(json(text)).isInstanceOf(Map.class);
      }
    }
    ResponseFormat text = ResponseFormat.TEXT;
    assertThat(CHAT.chat(asking("q").responseFormat(text).build()).aiMessage().text())
        .isEqualTo(CHAT.chat("q"));
  }

  @Test
  void eachElementIsExpressed() {
    assertThat(schema(new JsonStringSchema())).isEqualTo("{\"type\":\"string\"}");
    assertThat(schema(new JsonNumberSchema())).isEqualTo("{\"type\":\"number\"}");
    assertThat(schema(JsonArraySchema.builder().items(new JsonIntegerSchema()).build()))
        .isEqualTo("{\"type\":\"array\",\"items\":{\"type\":\"integer\"}}");
    assertThat(schema(JsonRawSchema.from("{\"const\": 5}"))).isEqualTo("{\"const\":5}");
    assertThat(schema(JsonObjectSchema.builder().build())).isEqualTo("{\"type\":\"object\"}");
    assertThat(schema(JsonObjectSchema.builder().additionalProperties(false).build()))
        .isEqualTo("{\"type\":\"object\",\"properties\":{},\"additionalProperties\":false}");
    JsonObjectSchema tree =
        JsonObjectSchema.builder()
            .addProperty("root", JsonReferenceSchema.builder().reference("a/b").build())
            .definitions(
                Map.of(
                    "a/b",
                    JsonObjectSchema.builder()
                        .addProperty("a", JsonReferenceSchema.builder().reference("a/b").build())
                        .build()))
            .build();
    assertThat(schema(tree))
        .isEqualTo(
            "{\"type\":\"object\",\"properties\":{\"root\":{\"$ref\":\"#/$defs/a~1b\"}},"
                + "\"$defs\":{\"a/b\":{\"type\":\"object\","
                + "\"properties\":{\"a\":{\"$ref\":\"#/$defs/a~1b\"}}}}}");
    assertThat(CHAT.supportedCapabilities())
        .containsExactly(Capability.RESPONSE_FORMAT_JSON_SCHEMA);
    assertThat(TelecomStreamingChatModel.of(ANSWERER).supportedCapabilities())
        .containsExactly(Capability.RESPONSE_FORMAT_JSON_SCHEMA);
  }

  private static final class Other implements JsonSchemaElement {
    @Override
    public String description() {
      return "";
    }
  }

  private static void refused(JsonSchemaElement root, String message) {
    assertThatThrownBy(() -> CHAT.chat(asking("q").responseFormat(format(root)).build()))
        .isInstanceOf(UnsupportedFeatureException.class)
        .hasMessageStartingWith(message);
  }

  @Test
  void whatTheFormCannotExpressIsRefusedByName() {
    String name = "the schema 'Cell' is not supported: JSON schema, ";
    refused(
        JsonRawSchema.from("{\"type\": \"string\", \"pattern\": \"a+\"}"),
        name + "#/pattern: is not supported; use enum");
    refused(
        JsonObjectSchema.builder().addProperty("a", JsonArraySchema.builder().build()).build(),
        name + "#/properties/a: an array needs items");
    refused(
        JsonObjectSchema.builder().addStringProperty("a").additionalProperties(true).build(),
        name + "#/additionalProperties: only false is supported");
    refused(
        JsonObjectSchema.builder()
            .addProperty("a", JsonReferenceSchema.builder().reference("b").build())
            .build(),
        name + "#/properties/a/$ref: is \"#/$defs/b\", must be one of [#]");
    refused(JsonRawSchema.from("{"), "the schema 'Cell' is not supported: JSON schema");
    refused(new Other(), "a schema element of class " + Other.class.getName());
  }

  @Test
  void aRefusalComesBeforeTheModelIsAsked() {
    Endless endless = new Endless();
    TelecomChatModel held =
        CHAT.config(GenerationConfig.with(c -> c.maxNewTokens(3).constraint(endless)));
    Noting noting = new Noting("n");
    assertThatThrownBy(
            () ->
                held.listener(noting).chat(asking("q").responseFormat(ResponseFormat.JSON).build()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "the model's settings have a constraint, the response format JSON is one already");
    assertThat(endless.asked).hasValue(0);
    assertThat(noting.notes).hasSize(2).last().asString().startsWith("n error the model's");
  }
}
