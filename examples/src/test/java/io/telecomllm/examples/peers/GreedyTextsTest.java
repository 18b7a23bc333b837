package io.telecomllm.examples.peers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.telecomllm.testing.Shared;
import io.telecomllm.testing.SmolLm2;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("shared")
class GreedyTextsTest {
  private static final List<String> PROMPTS =
      List.of("The AMF is the function of the 5G core that", "The capital of France is");

  @TempDir private Path folder;

  private List<JsonObject> texts(String... options) throws Exception {
    Path prompts = Files.write(folder.resolve("prompts.txt"), PROMPTS);
    PrintStream before = System.out;
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    System.setOut(new PrintStream(bytes, true, StandardCharsets.UTF_8));
    try {
      GreedyTexts.main(
          Stream.concat(
                  Stream.of(
                      "--model",
                      Shared.gguf().toString(),
                      "--prompts",
                      prompts.toString(),
                      "--tokens",
                      "6"),
                  Stream.of(options))
              .toArray(String[]::new));
    } finally {
      System.setOut(before);
    }
    return bytes
        .toString(StandardCharsets.UTF_8)
        .lines()
        .map(line -> JsonParser.parseString(line).getAsJsonObject())
        .toList();
  }

  private static double[] numbers(JsonElement array) {
    return StreamSupport.stream(array.getAsJsonArray().spliterator(), false)
        .mapToDouble(JsonElement::getAsDouble)
        .toArray();
  }

  @Test
  void eachTokenIsTheFirstOfItsCandidates() throws Exception {
    List<JsonObject> texts = texts("--weights", "STORED", "--together", "2");
    assertThat(texts).hasSameSizeAs(PROMPTS);
    for (int i = 0; i < texts.size(); i++) {
      JsonObject text = texts.get(i);
      assertThat(text.get("prompt").getAsString()).isEqualTo(PROMPTS.get(i));
      assertThat(text.get("promptIds"))
          .hasToString(
              Arrays.toString(SmolLm2.tokenizer().encode(PROMPTS.get(i))).replace(" ", ""));
      JsonArray candidates = text.getAsJsonArray("candidates");
      assertThat(candidates).hasSize(6).allMatch(place -> place.getAsJsonArray().size() == 5);
      for (int place = 0; place < 6; place++) {
        double[] first = numbers(candidates.get(place).getAsJsonArray().get(0));
        assertThat(first[0]).isEqualTo(numbers(text.get("ids"))[place]);
        assertThat(first[1]).isCloseTo(numbers(text.get("logprobs"))[place], within(1e-4));
      }
    }
  }

  @Test
  void textsWrittenTogetherAreThoseWrittenAlone() throws Exception {
    List<JsonObject> alone = texts();
    List<JsonObject> together = texts("--together", "2");
    assertThat(together)
        .extracting(text -> text.get("ids"))
        .isEqualTo(alone.stream().map(text -> text.get("ids")).toList());
  }
}
