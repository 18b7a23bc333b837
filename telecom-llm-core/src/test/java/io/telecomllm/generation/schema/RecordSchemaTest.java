package io.telecomllm.generation.schema;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.telecomllm.generation.constraint.Reading;
import io.telecomllm.json.JsonRecords;
import io.telecomllm.json.JsonText;
import io.telecomllm.json.StrictJson;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Random;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

class RecordSchemaTest {
  private enum Mode {
    FDD,
    TDD
  }

  private record Band(int number, Optional<String> name) {}

  private record Carrier(Band band, Mode mode, List<Carrier> secondary) {}

  private record Cell(
      String name,
      long id,
      Integer pci,
      short power,
      Byte ports,
      double tilt,
      Float gain,
      boolean active,
      List<Carrier> carriers,
      List<List<Mode>> modes,
      List<Boolean> flags,
      Optional<Band> anchor,
      Optional<List<Integer>> neighbours,
      OptionalInt tac,
      OptionalLong since,
      OptionalDouble load) {}

  private static final JsonSchema CELL = JsonSchema.of(Cell.class);

  private static <R extends Record> R read(byte[] json, Class<R> type) {
    return JsonRecords.read(StrictJson.parseObject("answer", json), type);
  }

  @Property(tries = 300)
  void whateverIsWrittenIsARecord(@ForAll long seed) {
    byte[] text = Reading.walk(CELL.constraint(), new Random(seed));
    Cell cell = read(text, Cell.class);
    String again = JsonText.withoutNulls(JsonRecords.of(cell));
    assertThat(read(again.getBytes(StandardCharsets.UTF_8), Cell.class)).isEqualTo(cell);
  }

  @Example
  void aRecordsTextIsReadAndIsTheRecord() {
    Band band = new Band(78, Optional.of("C-Band \"n78\""));
    Carrier carrier =
        new Carrier(
            band,
            Mode.TDD,
            List.of(new Carrier(new Band(1, Optional.empty()), Mode.FDD, List.of())));
    Cell cell =
        new Cell(
            "north",
            Long.MIN_VALUE,
            Integer.MAX_VALUE,
            Short.MIN_VALUE,
            Byte.MAX_VALUE,
            -1.5e-9,
            2.5f,
            true,
            List.of(carrier, carrier),
            List.of(List.of(), List.of(Mode.TDD)),
            List.of(false),
            Optional.of(band),
            Optional.of(List.of(1, 2)),
            OptionalInt.of(-1),
            OptionalLong.empty(),
            OptionalDouble.of(0.5));
    String text = JsonText.withoutNulls(JsonRecords.of(cell));
    assertThat(Reading.accepts(CELL.constraint(), text)).isTrue();
    assertThat(read(text.getBytes(StandardCharsets.UTF_8), Cell.class)).isEqualTo(cell);
    assertThat(Reading.accepts(CELL.constraint(), text.replace("\"TDD\"", "\"XDD\""))).isFalse();
  }

  @Example
  void writesTheSchema() {
    assertThat(JsonSchema.of(Carrier.class).toJson())
        .isEqualTo(
            "{\"type\":\"object\",\"properties\":{\"band\":{\"$ref\":\"#/$defs/Band\"},"
                + "\"mode\":{\"enum\":[\"FDD\",\"TDD\"]},"
                + "\"secondary\":{\"type\":\"array\",\"items\":{\"$ref\":\"#\"}}},"
                + "\"required\":[\"band\",\"mode\",\"secondary\"],\"additionalProperties\":false,"
                + "\"$defs\":{\"Band\":{\"type\":\"object\",\"properties\":{\"number\":"
                + "{\"type\":\"integer\",\"minimum\":-2147483648,\"maximum\":2147483647},"
                + "\"name\":{\"type\":\"string\"}},\"required\":[\"number\"],"
                + "\"additionalProperties\":false}}}");
  }

  private static final class Other {
    private record Band(String text) {}
  }

  @Example
  void recordsOfTheSameNameStayApart() {
    record Both(Band one, Other.Band two) {}
    assertThat(
            Reading.accepts(
                JsonSchema.of(Both.class).constraint(),
                "{\"one\":{\"number\":1},\"two\":{\"text\":\"\"}}"))
        .isTrue();
  }

  private enum Empty {}

  @Example
  void refusesWhatHasNoSchema() {
    record Odd(Object thing) {}
    record OddList(List<Optional<String>> things) {}
    record Hopeless(Empty word) {}
    record Endless(Endless next) {}
    String rule =
        "; a schema can be made of String, numbers, booleans, enums, records, lists of them and,"
            + " for a component, Optional";
    assertThatThrownBy(() -> JsonSchema.of(Odd.class))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(Odd.class.getName() + ".thing is a java.lang.Object" + rule);
    assertThatThrownBy(() -> JsonSchema.of(OddList.class))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            OddList.class.getName() + ".things is a java.util.Optional<java.lang.String>" + rule);
    assertThatThrownBy(() -> JsonSchema.of(Hopeless.class))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            Hopeless.class.getName()
                + ".word is a "
                + Empty.class.getName()
                + ", which has no constants");
    assertThatThrownBy(() -> JsonSchema.of(Endless.class))
        .hasMessageStartingWith("JSON schema, #: every value nests deeper than 32 levels");
  }
}
