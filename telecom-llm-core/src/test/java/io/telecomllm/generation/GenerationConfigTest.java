package io.telecomllm.generation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

class GenerationConfigTest {
  @Test
  void everySettingNamesItsRange() {
    Map<String, UnaryOperator<GenerationConfig.Builder>> wrong =
        Map.ofEntries(
            Map.entry("maxNewTokens is 0, must be 1 to 2^20", c -> c.maxNewTokens(0)),
            Map.entry("temperature is -0.1, must be 0 to 100", c -> c.temperature(-0.1)),
            Map.entry("temperature is NaN, must be 0 to 100", c -> c.temperature(Double.NaN)),
            Map.entry("topK is -1, must be at least 0", c -> c.topK(-1)),
            Map.entry("topP is 0.0, must be over 0 to 1", c -> c.topP(0)),
            Map.entry("topP is 1.5, must be over 0 to 1", c -> c.topP(1.5)),
            Map.entry("minP is 2.0, must be 0 to 1", c -> c.minP(2)),
            Map.entry(
                "repetitionPenalty is 0.0, must be over 0 to 10", c -> c.repetitionPenalty(0)),
            Map.entry("presencePenalty is 3.0, must be -2 to 2", c -> c.presencePenalty(3)),
            Map.entry("frequencyPenalty is -3.0, must be -2 to 2", c -> c.frequencyPenalty(-3)),
            Map.entry("draftTokens is 33, must be 0 to 32", c -> c.draftTokens(33)),
            Map.entry("stop holds an empty text", c -> c.stop("a", "")),
            Map.entry("stop has 17 texts, must be at most 16", c -> c.stop(new String[17])));
    wrong.forEach(
        (message, change) -> {
          if (message.startsWith("stop has")) {
            String[] many = new String[17];
            java.util.Arrays.fill(many, "x");
            assertThatThrownBy(() -> GenerationConfig.with(c -> c.stop(many))).hasMessage(message);
          } else {
            assertThatThrownBy(() -> GenerationConfig.with(change))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(message);
          }
        });
  }

  @Test
  void aCopyKeepsEverySetting() {
    GenerationConfig config =
        GenerationConfig.with(
            c ->
                c.maxNewTokens(5)
                    .temperature(0.5)
                    .topK(3)
                    .topP(0.9)
                    .minP(0.1)
                    .repetitionPenalty(1.1)
                    .presencePenalty(0.2)
                    .frequencyPenalty(0.3)
                    .seed(8)
                    .stop("x")
                    .draftTokens(4)
                    .contextShift(true));
    assertThat(config.toBuilder().build()).isEqualTo(config);
    assertThat(config).isNotEqualTo(GenerationConfig.defaults());
  }
}
