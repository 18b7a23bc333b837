package io.telecomllm.generation.schema;

import static org.assertj.core.api.Assertions.assertThat;

import io.telecomllm.generation.constraint.Constraint;
import io.telecomllm.generation.constraint.Reading;
import io.telecomllm.json.JsonText;
import io.telecomllm.json.StrictJson;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Map;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

/** Texts of random schemas against a validator that knows nothing of automata. */
class JsonSchemaPropertiesTest {
  private static Object parsed(byte[] text) {
    return StrictJson.parse("text", text);
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static void assertValid(Map<String, Object> schema, byte[] text) {
    assertThat(new Validator(schema).valid(parsed(text)))
        .as("%s%nsatisfies %s", new String(text, StandardCharsets.UTF_8), JsonText.line(schema))
        .isTrue();
  }

  @Property(tries = 500)
  void whateverIsWrittenSatisfiesTheSchema(@ForAll long seed) {
    Random random = new Random(seed);
    Map<String, Object> schema = new RandomSchemas(random).schema();
    JsonSchema json = JsonSchema.parse(JsonText.line(schema));
    Constraint constraint = json.constraint();
    for (int i = 0; i < 5; i++) {
      byte[] text = Reading.walk(constraint, random);
      assertValid(schema, text);
      assertThat((long) text.length).isGreaterThanOrEqualTo(json.minimumLength());
    }
  }

  @Property(tries = 500)
  void validValuesAreReadInEveryForm(@ForAll long seed) {
    Random random = new Random(seed);
    RandomSchemas schemas = new RandomSchemas(random);
    Map<String, Object> schema = schemas.schema();
    JsonSchema json = JsonSchema.parse(JsonText.line(schema));
    Constraint constraint = JsonSchema.parse(json.toJson()).constraint();
    for (int i = 0; i < 5; i++) {
      String text = JsonWriter.write(schemas.value(schema), random);
      assertValid(schema, utf8(text));
      assertThat(Reading.accepts(constraint, text)).as("%s by %s", text, json).isTrue();
    }
  }

  @Property(tries = 500)
  void invalidValuesAreNotRead(@ForAll long seed) {
    Random random = new Random(seed);
    RandomSchemas schemas = new RandomSchemas(random);
    Map<String, Object> schema = schemas.schema();
    JsonSchema json = JsonSchema.parse(JsonText.line(schema));
    Object value = schemas.value(schema);
    for (int i = 0; i < 20; i++) {
      Object changed = schemas.changed(value);
      String text = JsonWriter.write(changed, random);
      if (Reading.accepts(json.constraint(), text)) {
        assertValid(schema, utf8(text));
      }
    }
  }

  @Property(tries = 500)
  void damagedTextIsReadOnlyIfItIsAnotherValidText(@ForAll long seed) {
    Random random = new Random(seed);
    RandomSchemas schemas = new RandomSchemas(random);
    Map<String, Object> schema = schemas.schema();
    Constraint constraint = JsonSchema.parse(JsonText.line(schema)).constraint();
    byte[] text = utf8(JsonWriter.write(schemas.value(schema), random));
    String likely = "{}[]\",:0123456789.-eE \n\\uab\u0080\u00c0\u00f4";
    for (int i = 0; i < 50; i++) {
      int at = random.nextInt(text.length);
      byte octet = (byte) likely.charAt(random.nextInt(likely.length()));
      byte[] damaged = text.clone();
      damaged[at] = octet;
      byte[] longer = Arrays.copyOf(text, text.length + 1);
      System.arraycopy(text, at, longer, at + 1, text.length - at);
      longer[at] = octet;
      byte[] shorter = Arrays.copyOf(text, text.length - 1);
      System.arraycopy(text, at + 1, shorter, at, text.length - at - 1);
      for (byte[] other : new byte[][] {damaged, longer, shorter}) {
        if (Reading.accepts(constraint, other)) {
          assertValid(schema, other);
        }
      }
    }
  }
}
