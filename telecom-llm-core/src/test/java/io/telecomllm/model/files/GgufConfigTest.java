package io.telecomllm.model.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.telecomllm.InvalidDataException;
import io.telecomllm.UnsupportedModelException;
import io.telecomllm.lora.TargetModule;
import io.telecomllm.model.Architecture;
import io.telecomllm.model.ModelConfig;
import io.telecomllm.model.RopeScaling;
import io.telecomllm.model.SlidingWindow;
import io.telecomllm.weights.Encoding;
import io.telecomllm.weights.GgufFile;
import io.telecomllm.weights.GgufWriter;
import io.telecomllm.weights.GgufWriter.Tensor;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Shapes in the words of GGUF metadata: what comes back, and what is refused. */
class GgufConfigTest {
  private static final RopeScaling YARN = RopeScaling.yarn(8, 256);
  private static final List<Double> SOME = List.of(1.0, 1.5, 2.0, 2.5);

  @TempDir private Path folder;

  private static ModelConfig config(Architecture architecture, int rotary, RopeScaling scaling) {
    ModelConfig.Builder builder =
        ModelConfig.builder(architecture)
            .hiddenSize(64)
            .intermediateSize(128)
            .layers(2)
            .heads(4, architecture == Architecture.FALCON ? 1 : 4, 16)
            .vocabularySize(8)
            .contextLength(2048)
            .activation(GgufLayout.of(architecture).activation())
            .rotarySize(rotary)
            .ropeScaling(scaling)
            .tiedEmbeddings(true);
    if (architecture == Architecture.MISTRAL) {
      builder.slidingWindow(new SlidingWindow(100, 0));
    }
    return builder.build();
  }

  private ModelConfig read(ModelConfig config, Map<String, ?> changes) {
    return read(config, changes, List.of(8L, 64L), GgufRope.tensors(config), List.of());
  }

  private ModelConfig read(
      ModelConfig config,
      Map<String, ?> changes,
      List<Long> embedding,
      Map<String, List<Float>> factors,
      List<String> vectors) {
    Map<String, Object> metadata = new LinkedHashMap<>();
    metadata.put("general.architecture", GgufLayout.of(config.architecture()).architecture());
    metadata.putAll(GgufConfig.metadata(config));
    metadata.putAll(changes);
    metadata.values().removeIf("absent"::equals);
    Map<String, Tensor> tensors = new LinkedHashMap<>();
    tensors.put("token_embd.weight", zeros(embedding));
    factors.forEach(
        (name, values) ->
            tensors.put(
                name,
                Tensor.ofFloats(
                    Encoding.F32,
                    List.of((long) values.size()),
                    (from, into) -> values.forEach(into::put))));
    vectors.forEach(name -> tensors.put(name, zeros(List.of(64L))));
    Path path = folder.resolve("shape.gguf");
    GgufWriter.write(path, metadata, tensors);
    try (GgufFile file = GgufFile.open(path)) {
      return GgufConfig.read(file);
    }
  }

  private static Tensor zeros(List<Long> shape) {
    return Tensor.ofFloats(
        Encoding.F32,
        shape,
        (from, into) -> {
          while (into.hasRemaining()) {
            into.put(0f);
          }
        });
  }

  private static void assertSame(ModelConfig found, ModelConfig expected) {
    assertThat(found)
        .usingRecursiveComparison()
        .withComparatorForType(
            (a, b) -> Math.abs(a - b) <= 1e-6 * Math.abs(a) ? 0 : 1, Double.class)
        .isEqualTo(expected);
  }

  @ParameterizedTest
  @EnumSource(Architecture.class)
  void shapesComeBack(Architecture architecture) {
    for (RopeScaling scaling :
        List.of(
            RopeScaling.none(),
            RopeScaling.linear(4),
            YARN,
            new RopeScaling.Yarn(8, 256, 1.5, 32, 1, true))) {
      ModelConfig config = config(architecture, 16, scaling);
      assertSame(read(config, Map.of()), config);
    }
    ModelConfig factors =
        config(
            architecture,
            8,
            architecture == Architecture.PHI3
                ? new RopeScaling.LongRope(SOME, List.of(4.0, 5.0, 6.0, 7.0), 512, 1.19)
                : new RopeScaling.LongRope(SOME, SOME, 2048, 1));
    assertSame(read(factors, Map.of()), factors);
  }

  @Test
  void biasesAreSeenByTheirTensors() {
    ModelConfig config = config(Architecture.QWEN2, 16, RopeScaling.none());
    List<String> vectors = List.of("blk.0.attn_q.bias", "blk.0.attn_k.bias", "blk.0.attn_v.bias");
    ModelConfig found = read(config, Map.of(), List.of(8L, 64L), GgufRope.tensors(config), vectors);
    Set<TargetModule> qkv = EnumSet.of(TargetModule.Q, TargetModule.K, TargetModule.V);
    assertThat(found.biases()).isEqualTo(qkv);
  }

  @Test
  void llama3IsKeptAsDivisors() {
    ModelConfig config = config(Architecture.LLAMA, 16, new RopeScaling.Llama3(8, 1, 4, 64));
    ModelConfig found = read(config, Map.of());
    float[] expected = config.rope().frequencies(0);
    for (int i = 0; i < expected.length; i++) {
      assertThat(found.rope().frequencies(0)[i] / expected[i]).isBetween(0.999999f, 1.000001f);
    }
  }

  @Test
  void writesNoKeyWithoutNeed() {
    Map<String, Object> plain =
        GgufConfig.metadata(config(Architecture.MISTRAL, 16, RopeScaling.none()));
    assertThat(plain.keySet()).noneMatch(key -> key.contains("scaling"));
    assertThat(plain).containsEntry("llama.attention.sliding_window", 100);
    Map<String, Object> yarn = GgufConfig.metadata(config(Architecture.QWEN2, 16, YARN));
    assertThat(yarn)
        .containsEntry("qwen2.rope.scaling.original_context_length", 256)
        .containsEntry("qwen2.rope.scaling.factor", 8f)
        .doesNotContainKey("qwen2.rope.scaling.attn_factor");
    assertThat(GgufConfig.metadata(config(Architecture.PHI3, 16, RopeScaling.none())))
        .containsEntry("phi3.rope.scaling.original_context_length", 2048);
  }

  @Test
  void fillsInWhatLlamaCppAssumes() {
    ModelConfig expected = config(Architecture.LLAMA, 16, RopeScaling.linear(4));
    assertSame(
        read(
            expected,
            Map.of(
                "llama.attention.key_length", "absent",
                "llama.attention.value_length", "absent",
                "llama.rope.dimension_count", "absent",
                "llama.rope.freq_base", "absent",
                "llama.rope.scaling.type", "absent",
                "llama.rope.scaling.factor", "absent",
                "llama.rope.scale_linear", 4f)),
        expected);
  }

  @Test
  void readsBoundsThatLlamaCppDoesNotHeedAndWritesNone() {
    ModelConfig other =
        config(Architecture.QWEN2, 16, new RopeScaling.Yarn(8, 256, 1.5, 16, 2, true));
    ModelConfig usual =
        config(Architecture.QWEN2, 16, new RopeScaling.Yarn(8, 256, 1.5, 32, 1, true));
    Map<String, ?> bounds =
        Map.of("qwen2.rope.scaling.yarn_beta_fast", 16f, "qwen2.rope.scaling.yarn_beta_slow", 2f);
    assertSame(read(usual, bounds), other);
    assertThatThrownBy(() -> GgufConfig.metadata(other))
        .isInstanceOf(UnsupportedModelException.class)
        .hasMessage(
            "YaRN with beta_fast 16.0, beta_slow 2.0 and truncate true: llama.cpp has fixed"
                + " values of 32, 1 and true");
  }

  @Test
  void refusesWhatNoDecoderHereDoes() {
    ModelConfig llama = config(Architecture.LLAMA, 16, RopeScaling.none());
    unsupported(
        llama,
        "general.architecture",
        "mamba",
        "general.architecture is mamba, supported are llama, qwen2, qwen3, phi3, phi2, falcon");
    unsupported(llama, "llama.expert_count", 8, "llama.expert_count is 8, only 0 is supported");
    unsupported(
        llama,
        "llama.attention.value_length",
        8,
        "llama.attention.value_length is 8, only 16 is supported");
    unsupported(
        llama,
        "llama.rope.scaling.type",
        "new",
        "llama.rope.scaling.type is new, only none, linear, yarn or longrope is supported");
    ModelConfig falcon = config(Architecture.FALCON, 16, RopeScaling.none());
    assertThatThrownBy(
            () ->
                read(
                    falcon,
                    Map.of(),
                    List.of(8L, 64L),
                    Map.of(),
                    List.of("blk.0.attn_norm_2.weight")))
        .isInstanceOf(UnsupportedModelException.class)
        .hasMessageEndingWith("tensor blk.0.attn_norm_2.weight: only Falcon-7B is supported");
  }

  @Test
  void refusesToWriteWhatGgufHasNoWordsFor() {
    RopeScaling longRope = new RopeScaling.LongRope(SOME, List.of(4.0, 5.0, 6.0, 7.0), 512, 1.19);
    assertThatThrownBy(() -> GgufRope.tensors(config(Architecture.QWEN2, 8, longRope)))
        .isInstanceOf(UnsupportedModelException.class)
        .hasMessage("LongRoPE: GGUF files can express it for phi3 only, not for qwen2");
    assertThatThrownBy(
            () -> GgufConfig.metadata(config(Architecture.LLAMA, 16, RopeScaling.dynamic(2, 2048))))
        .isInstanceOf(UnsupportedModelException.class)
        .hasMessage("GGUF files cannot express dynamic NTK scaling");
    ModelConfig upper =
        config(Architecture.QWEN2, 16, RopeScaling.none()).toBuilder()
            .slidingWindow(new SlidingWindow(64, 1))
            .build();
    assertThatThrownBy(() -> GgufConfig.metadata(upper))
        .isInstanceOf(UnsupportedModelException.class)
        .hasMessageContaining("a sliding window from layer 1 on");
  }

  private void unsupported(ModelConfig config, String key, Object value, String message) {
    assertThatThrownBy(() -> read(config, Map.of(key, value)))
        .isInstanceOf(UnsupportedModelException.class)
        .hasMessage(folder.resolve("shape.gguf") + ": " + message);
  }

  @Test
  void refusesWhatIsDamaged() {
    List<Double> four = List.of(1.0, 2.0, 3.0, 4.0);
    ModelConfig config =
        config(Architecture.LLAMA, 8, new RopeScaling.LongRope(four, four, 2048, 1));
    damaged(
        () -> read(config, Map.of("llama.attention.head_count", 65)),
        ", field llama.attention.head_count: expected at most 64, found 65");
    damaged(
        () -> read(config, Map.of("llama.block_count", "absent")),
        ", field llama.block_count: missing");
    damaged(
        () -> read(config, Map.of(), List.of(64L), GgufRope.tensors(config), List.of()),
        ": tensor token_embd.weight has shape [64], expected (vocabulary up to 4194304,"
            + " hidden)");
    damaged(
        () ->
            read(
                config,
                Map.of(),
                List.of(8L, 64L),
                Map.of("rope_freqs.weight", List.of(1f)),
                List.of()),
        ": tensor rope_freqs.weight has shape [1], expected [4]");
    damaged(
        () ->
            read(
                config,
                Map.of(),
                List.of(8L, 64L),
                Map.of("rope_freqs.weight", List.of(1f, 2f, 0f, 4f)),
                List.of()),
        ": tensor rope_freqs.weight holds 0.0, expected numbers over 0 and at most" + " 1e6");
    damaged(
        () ->
            read(
                config(Architecture.LLAMA, 16, RopeScaling.none()),
                Map.of("llama.rope.scaling.factor", -2f)),
        ", field llama.rope.scaling.factor: expected a number over 0, found -2.0");
  }

  private void damaged(org.assertj.core.api.ThrowableAssert.ThrowingCallable call, String message) {
    assertThatThrownBy(call)
        .isInstanceOf(InvalidDataException.class)
        .hasMessage(folder.resolve("shape.gguf") + message);
  }
}
