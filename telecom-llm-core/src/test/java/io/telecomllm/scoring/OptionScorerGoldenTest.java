package io.telecomllm.scoring;

import static io.telecomllm.testing.Vectors.assertClose;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.google.common.collect.Lists;
import com.google.common.primitives.Doubles;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.telecomllm.lora.Deltas;
import io.telecomllm.model.KvCache;
import io.telecomllm.model.LanguageModel;
import io.telecomllm.model.TokenBatch;
import io.telecomllm.prompt.ChatTemplate;
import io.telecomllm.prompt.QuestionPrompt;
import io.telecomllm.prompt.RenderedQuestion;
import io.telecomllm.tensor.Device;
import io.telecomllm.tensor.Scope;
import io.telecomllm.testing.Golden;
import io.telecomllm.testing.Shared;
import io.telecomllm.testing.SmolLm2;
import io.telecomllm.tokenizer.Tokenizer;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A real model on real questions against what transformers computed in fp32. */
@Tag("shared")
class OptionScorerGoldenTest {
  private static final Pattern PROMPT =
      Pattern.compile(
          "<\\|im_start\\|>system\\n(.*?)<\\|im_end\\|>\\n<\\|im_start\\|>user\\n(.*?)<\\|im_end\\|>"
              + "\\n<\\|im_start\\|>assistant\\n",
          Pattern.DOTALL);

  private final LanguageModel model = SmolLm2.model();
  private final Tokenizer tokenizer = SmolLm2.tokenizer();

  @ParameterizedTest
  @ValueSource(ints = {1, 8})
  void logProbabilitiesOfTheDigits(int batch) throws IOException {
    String json = Files.readString(Shared.path("goldens/smollm2/questions.json"));
    JsonObject golden = JsonParser.parseString(json).getAsJsonObject();
    List<RenderedQuestion> rendered = new ArrayList<>();
    List<double[]> expected = new ArrayList<>();
    int[] instruction = {};
    for (JsonElement element : golden.getAsJsonArray("questions")) {
      JsonObject question = element.getAsJsonObject();
      Matcher parts = PROMPT.matcher(question.get("prompt").getAsString());
      assertThat(parts.matches()).isTrue();
      QuestionPrompt prompt =
          QuestionPrompt.of(ChatTemplate.of(tokenizer)).withInstruction(parts.group(1));
      instruction = OptionScorer.instruction(prompt, tokenizer);
      List<String> lines = Arrays.asList(parts.group(2).split("\n", -1));
      List<String> options =
          lines.stream().skip(1).map(line -> line.replaceFirst("option \\d: ", "")).toList();
      rendered.add(prompt.ask(tokenizer, lines.get(0), options));
      expected.add(
          question.getAsJsonArray("log_probabilities_of_digits").asList().stream()
              .mapToDouble(JsonElement::getAsDouble)
              .toArray());
    }
    assertThat(rendered).isNotEmpty();
    assertThat(instruction.length).isGreaterThan(10);
    try (OptionScorer scorer = new OptionScorer(model, Deltas.none(), Scoring.LABEL, instruction)) {
      List<OptionScores> found = new ArrayList<>();
      // one by one a few are enough: what a batch changes is tested on a small model
      List<RenderedQuestion> asked = rendered.subList(0, Math.min(rendered.size(), 4 * batch));
      Lists.partition(asked, batch).forEach(part -> found.addAll(scorer.score(part)));
      for (int i = 0; i < asked.size(); i++) {
        assertThat(Doubles.toArray(found.get(i).logProbabilities()))
            .as("question %s", i)
            .containsExactly(OptionScorerTest.among(expected.get(i)), within(1e-4));
      }
    }
  }

  @Test
  void logitsOfTheLastPositions() {
    try (Golden golden = Golden.open("goldens/smollm2/expected.safetensors");
        Scope scope = Scope.open(Device.cpu())) {
      int[] ids = golden.ints("input_ids");
      int count = golden.shape("logits_last8")[0];
      int[] rows = IntStream.range(ids.length - count, ids.length).toArray();
      float[] found =
          scope
              .operators()
              .toFloats(
                  model.network().logits(TokenBatch.of(ids), null, Deltas.none(), rows, scope));
      // logits of up to 30, after thirty layers in fp32
      assertClose("logits", found, golden.floats("logits_last8"), 1e-4);
    }
  }

  @Test
  void greedyContinuationWithCache() {
    try (Golden golden = Golden.open("goldens/smollm2/expected.safetensors")) {
      int[] next = golden.ints("input_ids");
      int[] expected = golden.ints("greedy_output_ids");
      List<Integer> found = new ArrayList<>(IntStream.of(next).boxed().toList());
      try (KvCache cache = model.network().newCache(expected.length)) {
        while (found.size() < expected.length) {
          next = new int[] {mostProbable(next, cache)};
          found.add(next[0]);
        }
      }
      assertThat(found).containsExactlyElementsOf(IntStream.of(expected).boxed().toList());
    }
  }

  private int mostProbable(int[] ids, KvCache cache) {
    try (Scope scope = Scope.open(Device.cpu())) {
      int[] last = {ids.length - 1};
      float[] logits =
          scope
              .operators()
              .toFloats(
                  model.network().logits(TokenBatch.of(ids), cache, Deltas.none(), last, scope));
      return IntStream.range(0, logits.length)
          .reduce((a, b) -> logits[b] > logits[a] ? b : a)
          .orElseThrow();
    }
  }
}
