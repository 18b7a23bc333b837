package io.telecomllm.json;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.common.base.Preconditions;
import io.telecomllm.InvalidDataException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

class JsonRecordsTest {
  private enum Color {
    RED,
    BLUE
  }

  private record Inner(int count) {
    Inner {
      Preconditions.checkArgument(count >= 0, "count is %s, must be at least 0", count);
    }
  }

  private record Outer(
      long big,
      double number,
      double missing,
      double infinite,
      boolean yes,
      String text,
      Color color,
      Optional<String> word,
      Optional<Inner> none,
      OptionalDouble share,
      OptionalInt whole,
      OptionalLong size,
      List<String> words,
      List<Double> numbers,
      List<Inner> inners,
      Inner inner) {}

  private static final Outer WHOLE =
      new Outer(
          Long.MAX_VALUE,
          0.1,
          Double.NaN,
          Double.NEGATIVE_INFINITY,
          true,
          "<&>\"\n",
          Color.BLUE,
          Optional.of("w"),
          Optional.empty(),
          OptionalDouble.of(0.25),
          OptionalInt.of(-3),
          OptionalLong.empty(),
          List.of("a", "b"),
          List.of(1.0, 2.5),
          List.of(new Inner(1), new Inner(2)),
          new Inner(7));

  private static JsonView view(String json) {
    return StrictJson.parseObject("state.json", json.getBytes(StandardCharsets.UTF_8));
  }

  @Test
  void comesBackAsItWas() {
    for (String text :
        List.of(
            JsonText.line(JsonRecords.of(WHOLE)),
            JsonText.withoutNulls(JsonRecords.of(WHOLE))
                .replace("\"yes\"", "\"missing\":null,\"yes\""),
            JsonText.pretty(JsonRecords.of(WHOLE)))) {
      assertThat(JsonRecords.read(view(text), Outer.class)).isEqualTo(WHOLE);
    }
    assertThat(JsonText.line(JsonRecords.of(WHOLE)))
        .contains("\"missing\":null", "\"infinite\":\"-Infinity\"", "\"text\":\"<&>\\\"\\n\"");
    assertThat(JsonText.pretty(JsonRecords.of(new Inner(3)))).isEqualTo("{\n  \"count\": 3\n}\n");
  }

  @Test
  void namesFileAndField() {
    String text = JsonText.line(JsonRecords.of(WHOLE));
    assertThatThrownBy(() -> JsonRecords.read(view(text.replace("BLUE", "GREEN")), Outer.class))
        .isInstanceOf(InvalidDataException.class)
        .hasMessage("state.json, field color: expected one of [RED, BLUE], found \"GREEN\"");
    assertThatThrownBy(
            () ->
                JsonRecords.read(
                    view(text.replace("{\"count\":2}", "{\"count\":-2}")), Outer.class))
        .isInstanceOf(InvalidDataException.class)
        .hasMessage("state.json, field inners[1]: count is -2, must be at least 0");
    assertThatThrownBy(() -> JsonRecords.read(view("{\"count\":-1}"), Inner.class))
        .hasMessage("state.json: count is -1, must be at least 0");
    assertThatThrownBy(() -> JsonRecords.read(view("{\"count\":1.5}"), Inner.class))
        .hasMessageStartingWith("state.json, field count: expected an integer");
    assertThatThrownBy(() -> JsonRecords.read(view("{}"), Inner.class))
        .hasMessage("state.json, field count: missing");
  }

  @Test
  void namesTheElementOfANestedList() {
    record Grid(List<List<Color>> cells) {}
    assertThat(JsonRecords.read(view("{\"cells\":[[],[\"RED\"]]}"), Grid.class))
        .isEqualTo(new Grid(List.of(List.of(), List.of(Color.RED))));
    assertThatThrownBy(
            () -> JsonRecords.read(view("{\"cells\":[[\"RED\",\"GREEN\"]]}"), Grid.class))
        .isInstanceOf(InvalidDataException.class)
        .hasMessage("state.json, field cells[0][1]: expected one of [RED, BLUE], found \"GREEN\"");
  }

  @Test
  void refusesWhatHasNoForm() {
    record Odd(Object thing) {}
    assertThatThrownBy(() -> JsonRecords.of(new Odd(new Object())))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("has no form in JSON");
    assertThatThrownBy(() -> JsonText.line(List.of(Double.NaN)))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
