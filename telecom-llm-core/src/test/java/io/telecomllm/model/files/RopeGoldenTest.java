package io.telecomllm.model.files;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.google.gson.GsonBuilder;
import io.telecomllm.json.JsonView;
import io.telecomllm.json.StrictJson;
import io.telecomllm.model.Architecture;
import io.telecomllm.model.ModelConfig;
import io.telecomllm.model.Rope;
import io.telecomllm.model.RopeScaling;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Frequencies and attention factors that transformers computes; see tools/make_rope_goldens.py. */
class RopeGoldenTest {
  static List<JsonView> cases() throws IOException {
    try (InputStream in =
        Objects.requireNonNull(RopeGoldenTest.class.getResourceAsStream("rope.json"))) {
      byte[] array = in.readAllBytes();
      String wrapped = "{\"cases\": " + new String(array, UTF_8) + "}";
      return StrictJson.parseObject("rope.json", wrapped.getBytes(UTF_8)).objects("cases");
    }
  }

  private static Rope read(JsonView config) {
    int headSize =
        config
            .optionalInteger("head_dim", 1, 1 << 12)
            .orElse(
                config.integer("hidden_size", 1, 1 << 12)
                    / config.integer("num_attention_heads", 1, 1 << 12));
    return RopeJson.read(
        config, headSize, 1, config.integer("max_position_embeddings", 1, 1 << 20));
  }

  @ParameterizedTest
  @MethodSource("cases")
  void frequencies(JsonView golden) {
    Rope rope = read(golden.object("config"));
    int length = golden.integer("length", 1, 1 << 20);
    float[] found = rope.frequencies(rope.scaling().regime(length));
    List<Double> expected = golden.numbers("inv_freq");
    assertThat(found).hasSize(expected.size());
    for (int i = 0; i < found.length; i++) {
      double value = expected.get(i);
      assertThat((double) found[i]).as("pair " + i).isCloseTo(value, within(2e-6 * value));
    }
    assertThat(rope.scaling().attentionFactor())
        .isCloseTo(golden.number("attention_factor"), within(1e-12));
  }

  @ParameterizedTest
  @MethodSource("cases")
  void writtenAndReadAgain(JsonView golden) {
    JsonView config = golden.object("config");
    Rope rope = read(config);
    Architecture architecture =
        config.string("model_type").equals("phi3") ? Architecture.PHI3 : Architecture.LLAMA;
    int stored = config.integer("max_position_embeddings", 1, 1 << 20);
    ModelConfig model =
        ModelConfig.builder(architecture)
            .heads(4, 4, 64)
            .contextLength(RopeJson.extended(stored, rope))
            .ropeTheta(rope.theta())
            .rotarySize(rope.rotarySize())
            .ropeScaling(rope.scaling())
            .build();
    String json =
        new GsonBuilder().serializeNulls().create().toJson(HuggingFaceConfig.write(model));
    assertThat(HuggingFaceConfig.read(StrictJson.parseObject("written", json.getBytes(UTF_8))))
        .isEqualTo(model);
  }

  @Test
  void phi3CallsLongRopeSuInItsFirstReleases() {
    String config =
        """
        {"model_type": "phi3", "rope_theta": 10000.0, "original_max_position_embeddings": 32,
         "rope_scaling": {"type": "su", "short_factor": [1.0, 1.5], "long_factor": [2.0, 3.0]}}
        """;
    JsonView json = StrictJson.parseObject("config.json", config.getBytes(UTF_8));
    assertThat(RopeJson.read(json, 4, 1, 512).scaling())
        .isEqualTo(
            new RopeScaling.LongRope(
                List.of(1.0, 1.5),
                List.of(2.0, 3.0),
                32,
                Math.sqrt(1 + Math.log(16) / Math.log(32))));
  }

  /** As {@code convert_rope_params_to_dict} of transformers 5 has it: rope_scaling or the other. */
  @Test
  void whereAFileHasBothFormsRopeScalingIsReadUnlessItIsEmpty() {
    String both =
        """
        {"model_type": "llama", "rope_theta": 5e5,
         "rope_parameters": {"rope_type": "linear", "factor": 8.0, "rope_theta": 1e6},
         "rope_scaling": %s}
        """;
    Rope scaled = rope(both.formatted("{\"rope_type\": \"linear\", \"factor\": 4.0}"));
    assertThat(scaled.scaling()).isEqualTo(RopeScaling.linear(4));
    assertThat(scaled.theta()).isEqualTo(5e5);
    for (String none : List.of("{}", "null")) {
      Rope other = rope(both.formatted(none));
      assertThat(other.scaling()).isEqualTo(RopeScaling.linear(8));
      assertThat(other.theta()).isEqualTo(1e6);
    }
  }

  private static Rope rope(String json) {
    return RopeJson.read(StrictJson.parseObject("config.json", json.getBytes(UTF_8)), 64, 1, 128);
  }
}
