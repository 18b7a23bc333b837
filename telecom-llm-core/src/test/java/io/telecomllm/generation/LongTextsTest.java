package io.telecomllm.generation;

import static org.assertj.core.api.Assertions.assertThat;

import io.telecomllm.lora.Deltas;
import io.telecomllm.model.Architecture;
import io.telecomllm.model.LanguageModel;
import io.telecomllm.model.ModelConfig;
import io.telecomllm.model.RopeScaling;
import io.telecomllm.model.SlidingWindow;
import io.telecomllm.model.TokenBatch;
import io.telecomllm.model.files.ModelLoader;
import io.telecomllm.prompt.ChatTemplate;
import io.telecomllm.tensor.DataType;
import io.telecomllm.tensor.Device;
import io.telecomllm.tensor.Scope;
import io.telecomllm.testing.TinyModel;
import io.telecomllm.tokenizer.Tokenizer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Texts that outgrow a window, or the length up to which a model turns its tokens one way. */
class LongTextsTest {
  private static final ModelConfig CONFIG =
      ModelConfig.builder(Architecture.LLAMA)
          .hiddenSize(32)
          .intermediateSize(64)
          .layers(2)
          .heads(4, 2, 8)
          .vocabularySize(264)
          .contextLength(80)
          .build();

  private static final Map<String, ModelConfig> MODELS =
      Map.of(
          "window",
          CONFIG.toBuilder().slidingWindow(new SlidingWindow(9, 1)).build(),
          "longrope",
          CONFIG.toBuilder()
              .ropeScaling(
                  new RopeScaling.LongRope(
                      List.of(1.0, 1.1, 1.2, 1.3), List.of(2.0, 3.0, 4.0, 5.0), 30, 1.2))
              .build(),
          "dynamic",
          CONFIG.toBuilder().ropeScaling(RopeScaling.dynamic(4, 25)).build());

  @TempDir Path folder;

  @ParameterizedTest
  @CsvSource({"window, 0", "window, 6", "longrope, 0", "longrope, 6", "dynamic, 0", "dynamic, 6"})
  void tokensAreThoseOfWholePasses(String name, int drafts) throws IOException {
    TinyModel.write(folder, 80);
    String prompt = "abcabcabcabcabcabcab";
    int[] expected = prompt.chars().toArray();
    try (LanguageModel model =
            ModelLoader.random(MODELS.get(name), 0.3, 11)
                .dense()
                .device(Device.cpu())
                .computeType(DataType.FLOAT32)
                .load();
        Tokenizer tokenizer = Tokenizer.load(folder);
        TextGenerator generator =
            TextGenerator.on(model).tokenizer(tokenizer).template(ChatTemplate.CHAT_ML).build()) {
      Generation found =
          generator.complete(
              prompt,
              GenerationConfig.with(c -> c.maxNewTokens(50).draftTokens(drafts)),
              GenerationListener.NONE);
      for (GeneratedToken token : found.tokens()) {
        expected = Arrays.copyOf(expected, expected.length + 1);
        expected[expected.length - 1] = best(model, Arrays.copyOf(expected, expected.length - 1));
        assertThat(token.id())
            .as("token %s", expected.length)
            .isEqualTo(expected[expected.length - 1]);
      }
      assertThat(expected.length).isGreaterThan(45);
    }
  }

  private static int best(LanguageModel model, int... ids) {
    try (Scope scope = Scope.open(Device.cpu())) {
      float[] logits =
          scope
              .operators()
              .toFloats(
                  model
                      .network()
                      .logits(
                          TokenBatch.of(ids),
                          null,
                          Deltas.none(),
                          new int[] {ids.length - 1},
                          scope));
      int best = 0;
      for (int id = 1; id < logits.length; id++) {
        best = logits[id] > logits[best] ? id : best;
      }
      return best;
    }
  }
}
