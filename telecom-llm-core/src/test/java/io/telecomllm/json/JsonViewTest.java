package io.telecomllm.json;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.telecomllm.InvalidDataException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

class JsonViewTest {
  private static final JsonView CONFIG =
      StrictJson.parseObject(
          "config.json",
          ("{\"hidden_size\":64,\"eps\":1e-5,\"theta\":10000,\"type\":\"phi3\",\"tied\":true,"
                  + "\"window\":null,\"big\":9223372036854775808,\"names\":[\"a\",\"b\"],"
                  + "\"rope\":{\"factor\":\"x\",\"long\":[1.5,2,\"y\"],\"inner\":{\"k\":[3]}},"
                  + "\"layers\":[{\"n\":1},{\"n\":-2}],\"map\":{\"a\":\"b\"}}")
              .getBytes(StandardCharsets.UTF_8));

  private static void assertRefused(ThrowingCallable call, String message) {
    assertThatThrownBy(call).isExactlyInstanceOf(InvalidDataException.class).hasMessage(message);
  }

  @Test
  void readsWithTypes() {
    assertThat(CONFIG.file()).isEqualTo("config.json");
    assertThat(CONFIG.integer("hidden_size", 64, 64)).isEqualTo(64);
    assertThat(CONFIG.optionalInteger("hidden_size", 1, 100)).hasValue(64);
    assertThat(CONFIG.number("eps")).isEqualTo(1e-5);
    assertThat(CONFIG.number("theta")).isEqualTo(10000.0);
    assertThat(CONFIG.number("big")).isEqualTo(0x1p63);
    assertThat(CONFIG.string("type")).isEqualTo("phi3");
    assertThat(CONFIG.bool("tied")).isTrue();
    assertThat(CONFIG.strings("names")).containsExactly("a", "b");
    assertThat(CONFIG.object("rope").object("inner").integers("k", 0, 3)).isEqualTo(List.of(3L));
    assertThat(CONFIG.objects("layers").get(1).integer("n", -5, 5)).isEqualTo(-2);
    assertThat(CONFIG.object("map").stringMap()).isEqualTo(Map.of("a", "b"));
  }

  @Test
  void nullCountsAsAbsent() {
    for (String name : List.of("window", "absent")) {
      assertThat(CONFIG.has(name)).isFalse();
      assertThat(CONFIG.optionalInteger(name, 0, 1)).isEmpty();
      assertThat(CONFIG.optionalNumber(name)).isEmpty();
      assertThat(CONFIG.optionalString(name)).isEmpty();
      assertThat(CONFIG.optionalObject(name)).isEmpty();
      assertThat(CONFIG.bool(name, true)).isTrue();
      assertRefused(
          () -> CONFIG.integer(name, 0, 1),
          "config.json, field " + name + (name.equals("window") ? ": is null" : ": missing"));
    }
  }

  @Test
  void namesFileFieldExpectedAndFound() {
    assertRefused(
        () -> CONFIG.integer("hidden_size", 65, 99),
        "config.json, field hidden_size: expected an integer from 65 to 99, found 64");
    assertRefused(
        () -> CONFIG.integer("hidden_size", 1, 63),
        "config.json, field hidden_size: expected an integer from 1 to 63, found 64");
    assertRefused(
        () -> CONFIG.optionalInteger("eps", 0, 9),
        "config.json, field eps: expected an integer from 0 to 9, found 1.0E-5");
    assertRefused(
        () -> CONFIG.longInteger("big", 0, Long.MAX_VALUE),
        "config.json, field big: expected an integer from 0 to 9223372036854775807, found"
            + " 9223372036854775808");
    assertRefused(
        () -> CONFIG.object("rope").number("factor"),
        "config.json, field rope.factor: expected a finite number, found \"x\"");
    assertRefused(
        () -> CONFIG.object("rope").numbers("long"),
        "config.json, field rope.long[2]: expected a finite number, found \"y\"");
    assertRefused(
        () -> CONFIG.objects("layers").get(1).integer("n", 0, 5),
        "config.json, field layers[1].n: expected an integer from 0 to 5, found -2");
    assertRefused(
        () -> CONFIG.string("tied"), "config.json, field tied: expected a string, found true");
    assertRefused(
        () -> CONFIG.bool("type"),
        "config.json, field type: expected true or false, found \"phi3\"");
    assertRefused(
        () -> CONFIG.object("names"),
        "config.json, field names: expected an object, found an array of 2");
    assertRefused(
        () -> CONFIG.strings("rope"),
        "config.json, field rope: expected an array, found an object");
    assertThat(CONFIG.invalid("type", "one of llama, mistral"))
        .hasMessage("config.json, field type: expected one of llama, mistral, found \"phi3\"");
  }

  @Test
  void refusesNumbersThatAreNotFinite() {
    JsonView fields = JsonView.of("model.gguf", Map.of("a", Double.NaN, "b", 1.0 / 0));
    assertRefused(
        () -> fields.number("a"), "model.gguf, field a: expected a finite number, found NaN");
    assertRefused(
        () -> fields.number("b"), "model.gguf, field b: expected a finite number, found Infinity");
  }

  @Test
  void isImmutable() {
    assertThatThrownBy(() -> CONFIG.names().remove("type"))
        .isInstanceOf(UnsupportedOperationException.class);
    assertThatThrownBy(() -> CONFIG.strings("names").add("c"))
        .isInstanceOf(UnsupportedOperationException.class);
  }

  @Test
  void showsAStrangersTextOnOneShortLine() {
    JsonView hostile = JsonView.of("f", Map.of("a", "x\n\u001b[31m" + "y".repeat(1000)));
    assertThatThrownBy(() -> hostile.number("a"))
        .hasMessageContaining("found \"x??[31my")
        .hasMessageEndingWith("yyy...\"")
        .satisfies(e -> assertThat(e.getMessage().length()).isLessThan(200));
  }
}
