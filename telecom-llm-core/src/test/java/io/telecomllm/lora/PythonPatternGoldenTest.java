package io.telecomllm.lora;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * What CPython's re says of the expressions that PEFT adapters hold, and of random ones; see
 * tools/make_pattern_goldens.py.
 */
class PythonPatternGoldenTest {
  private static JsonObject goldens;

  @BeforeAll
  static void read() throws IOException {
    try (InputStream json = PythonPatternGoldenTest.class.getResourceAsStream("patterns.json");
        Reader text = new InputStreamReader(json, StandardCharsets.UTF_8)) {
      goldens = JsonParser.parseReader(text).getAsJsonObject();
    }
  }

  private static List<String> strings(String member) {
    JsonArray array = goldens.getAsJsonArray(member);
    return array.asList().stream().map(JsonElement::getAsString).toList();
  }

  /** Compiles a pattern into what tells whether a text matches. */
  private interface Matching {
    Predicate<String> of(String pattern);
  }

  /** Checks every pattern of a table on every text and returns the number of pairs. */
  private static int compare(String table, List<String> texts, Matching matching) {
    Map<String, JsonElement> expected = goldens.getAsJsonObject(table).asMap();
    expected.forEach(
        (pattern, bits) -> {
          Predicate<String> matches = matching.of(pattern);
          String found =
              texts.stream()
                  .map(text -> matches.test(text) ? "1" : "0")
                  .collect(Collectors.joining());
          assertThat(found).as("%s on %s", pattern, texts).isEqualTo(bits.getAsString());
        });
    return expected.size() * texts.size();
  }

  private static Predicate<String> whole(String pattern) {
    PythonPattern compiled = PythonPattern.compile(pattern);
    PythonPattern.Budget budget = new PythonPattern.Budget();
    return text -> compiled.matches(text, budget);
  }

  @Test
  void targetModulesMeanWhatTheyMeanInPeft() {
    int pairs =
        compare(
            "targets",
            strings("names"),
            pattern -> {
              LoraConfig config = LoraConfig.builder().targetPattern(pattern).build();
              return new ModuleMatcher(config)::targets;
            });
    assertThat(pairs).isGreaterThan(9000);
  }

  @Test
  void excludedModulesAreThoseThatMatch() {
    compare(
        "targets",
        strings("names"),
        pattern -> {
          LoraConfig config = LoraConfig.builder().excludePattern(pattern).allLinear().build();
          ModuleMatcher matcher = new ModuleMatcher(config);
          return name -> !matcher.targets(name);
        });
  }

  @Test
  void keysOfRankPatternMeanWhatTheyMeanInPeft() {
    int pairs =
        compare(
            "keys",
            strings("names"),
            key -> {
              LoraConfig config =
                  LoraConfig.builder()
                      .rank(2)
                      .rankPattern(Map.of(key, 5))
                      .targetPattern(".*")
                      .build();
              ModuleMatcher matcher = new ModuleMatcher(config);
              return name -> matcher.rank(name) == 5;
            });
    assertThat(pairs).isGreaterThan(4000);
  }

  @Test
  void randomExpressionsMatchWhatPythonMatches() {
    assertThat(compare("random", strings("texts"), PythonPatternGoldenTest::whole))
        .isGreaterThan(18_000);
  }
}
