package io.telecomllm.json;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.telecomllm.InvalidDataException;
import io.telecomllm.testing.Shared;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class StrictJsonTest {
  private static Object parse(String json) {
    return StrictJson.parse("config.json", json.getBytes(StandardCharsets.UTF_8));
  }

  private static JsonView view(String json) {
    return StrictJson.parseObject("config.json", json.getBytes(StandardCharsets.UTF_8));
  }

  @Test
  void readsEveryKindOfValue() {
    assertThat(parse("{\"b\": [1, -0.5, true, null, \"\\u00e9\\n\"], \"a\": {}}"))
        .isEqualTo(Map.of("b", Arrays.asList(1L, -0.5, true, null, "\u00e9\n"), "a", Map.of()));
    assertThat(view("{\"z\":1,\"a\":2}").names()).containsExactly("z", "a");
    assertThat(parse(" 7 ")).isEqualTo(7L);
    assertThat(parse("null")).isNull();
  }

  @Test
  void keepsEveryInteger() {
    assertThat(parse("[9223372036854775807,-9223372036854775808,999999999999999999]"))
        .isEqualTo(List.of(Long.MAX_VALUE, Long.MIN_VALUE, 999_999_999_999_999_999L));
    assertThat(parse("18446744073709551616")).isEqualTo(BigInteger.ONE.shiftLeft(64));
    assertThat(parse("-9223372036854775809"))
        .isEqualTo(BigInteger.valueOf(Long.MIN_VALUE).subtract(BigInteger.ONE));
    assertThat(parse("[-0, 1e2, 1.0]")).isEqualTo(List.of(-0.0, 100.0, 1.0));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{'a':1,'a':1}|not strict JSON: the key \"a\" appears twice at $.a",
        "{'x':{'a':1,'b':2,'\\u0061':3}}|not strict JSON: the key \"a\" appears twice at $.x.a",
        "{} {}|not JSON: broken syntax",
        "{} x|not JSON: broken syntax",
        "[1 2]|not JSON: broken syntax",
        "[1,]|not JSON: broken syntax",
        "[NaN]|not JSON: broken syntax",
        "[Infinity]|not JSON: broken syntax",
        "[01]|not JSON: broken syntax",
        "[.5]|not JSON: broken syntax",
        "[1.]|not JSON: broken syntax",
        "[True]|not JSON: broken syntax",
        "['\\x']|not JSON: broken syntax",
        "[1e400]|not strict JSON: the number 1e400 is out of range",
        "['\\udc00']|not strict JSON: a string holds an unpaired surrogate",
        "{'a':|the text ends too early",
        "['a|not JSON: broken syntax",
        "'text'|expected a JSON object, found \"text\"",
        "[]|expected a JSON object, found an array of 0"
      })
  void refuses(String json, String text) {
    assertThatThrownBy(() -> view(json.replace('\'', '"')))
        .isInstanceOf(InvalidDataException.class)
        .hasMessageStartingWith("config.json: ")
        .hasMessageContaining(text);
  }

  @Test
  void refusesAnEmptyDocument() {
    assertThatThrownBy(() -> parse(""))
        .isInstanceOf(InvalidDataException.class)
        .hasMessage("config.json: not JSON: the text ends too early at line 1 column 1");
  }

  @Test
  void stopsAtTheDepthLimit() {
    int deepest = StrictJson.MAX_DEPTH;
    assertThat(parse("[".repeat(deepest) + "]".repeat(deepest))).isNotNull();
    assertThatThrownBy(() -> parse("[".repeat(deepest + 1) + "]".repeat(deepest + 1)))
        .isInstanceOf(InvalidDataException.class)
        .hasMessageContaining("nested deeper than 64");
  }

  @Test
  void theCallerMayAskForLessDepth(@TempDir Path folder) throws IOException {
    Path file = Files.writeString(folder.resolve("deep.json"), "{\"a\":[[1]]}");
    assertThat(StrictJson.read(file, 100, 3).list("a")).isEqualTo(List.of(List.of(1L)));
    assertThatThrownBy(() -> StrictJson.read(file, 100, 2))
        .isInstanceOf(InvalidDataException.class)
        .hasMessage(file + ": not strict JSON: nested deeper than 2 at byte 6");
    assertThatThrownBy(() -> StrictJson.read(file, 100, 65))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("maxDepth is 65, must be 1 to 64");
  }

  @Test
  void refusesLongFiles(@TempDir Path folder) throws IOException {
    Path file = Files.writeString(folder.resolve("long.json"), "{\"a\":\"xxxxxxxxxx\"}");
    assertThat(StrictJson.read(file, 18).string("a")).isEqualTo("xxxxxxxxxx");
    assertThatThrownBy(() -> StrictJson.read(file, 17))
        .isInstanceOf(InvalidDataException.class)
        .hasMessage(file + ": 18 bytes of JSON, at most 17 are read");
    Path missing = folder.resolve("missing.json");
    assertThatThrownBy(() -> StrictJson.read(missing))
        .isInstanceOf(InvalidDataException.class)
        .hasMessage(missing + ": no such file");
  }

  @Tag("shared")
  @Test
  void readsTheReferenceData() throws IOException {
    try (Stream<Path> files = Files.walk(Shared.path("."))) {
      for (Path file : files.filter(f -> f.toString().endsWith("config.json")).toList()) {
        assertThat(StrictJson.read(file).names()).as(file.toString()).isNotEmpty();
      }
    }
    JsonView tokenizer = StrictJson.read(Shared.path("data/phi3-tokenizer/tokenizer.json"));
    assertThat(tokenizer.object("model").object("vocab").names()).hasSizeGreaterThan(1000);
  }
}
