package io.telecomllm.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.telecomllm.InvalidDataException;
import io.telecomllm.UnsupportedModelException;
import io.telecomllm.weights.Encoding;
import io.telecomllm.weights.GgufFile;
import io.telecomllm.weights.GgufWriter;
import io.telecomllm.weights.GgufWriter.Tensor;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class GgufLayoutTest {
  @TempDir private Path folder;

  @ParameterizedTest
  @CsvSource({
    "LLAMA, model.embed_tokens.weight, token_embd.weight",
    "LLAMA, model.norm.weight, output_norm.weight",
    "LLAMA, lm_head.weight, output.weight",
    "LLAMA, model.layers.0.self_attn.q_proj.bias, blk.0.attn_q.bias",
    "LLAMA, model.layers.17.mlp.gate_proj.weight, blk.17.ffn_gate.weight",
    "QWEN2, model.layers.3.self_attn.k_proj.bias, blk.3.attn_k.bias",
    "QWEN2, model.layers.3.post_attention_layernorm.weight, blk.3.ffn_norm.weight",
    "PHI3, model.layers.31.self_attn.qkv_proj.weight, blk.31.attn_qkv.weight",
    "PHI3, model.layers.31.mlp.gate_up_proj.weight, blk.31.ffn_up.weight",
    "PHI2, model.final_layernorm.bias, output_norm.bias",
    "PHI2, lm_head.bias, output.bias",
    "PHI2, model.layers.2.self_attn.dense.bias, blk.2.attn_output.bias",
    "PHI2, model.layers.2.mlp.fc1.weight, blk.2.ffn_up.weight",
    "PHI2, model.layers.2.mlp.fc2.bias, blk.2.ffn_down.bias",
    "FALCON, transformer.word_embeddings.weight, token_embd.weight",
    "FALCON, transformer.ln_f.bias, output_norm.bias",
    "FALCON, transformer.h.5.self_attention.query_key_value.weight, blk.5.attn_qkv.weight",
    "FALCON, transformer.h.5.self_attention.dense.weight, blk.5.attn_output.weight",
    "FALCON, transformer.h.5.mlp.dense_4h_to_h.weight, blk.5.ffn_down.weight",
  })
  void names(GgufLayout layout, String huggingFace, String gguf) {
    assertThat(layout.tensor(huggingFace)).isEqualTo(gguf);
  }

  @ParameterizedTest
  @CsvSource({
    "LLAMA, model.layers.0.self_attn.qkv_proj.weight",
    "LLAMA, model.layers.0.self_attn.q_proj.lora_A",
    "LLAMA, model.layers..self_attn.q_proj.weight",
    "LLAMA, model.layers.x.self_attn.q_proj.weight",
    "LLAMA, model.layers.0.weight",
    "LLAMA, model.layers.0",
    "LLAMA, weight",
    "FALCON, model.layers.0.input_layernorm.weight",
    "PHI3, model.layers.0.self_attn.q_proj.weight"
  })
  void refusesNamesThatTheArchitectureLacks(GgufLayout layout, String name) {
    assertThatThrownBy(() -> layout.tensor(name))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "tensor "
                + name
                + ": GGUF files of the architecture "
                + layout.architecture()
                + " have no such");
  }

  @Test
  void onlyLlamaReordersQueryAndKey() {
    for (GgufLayout layout : GgufLayout.values()) {
      assertThat(GgufLayout.of("x.gguf", layout.architecture())).isEqualTo(layout);
      boolean llama = layout == GgufLayout.LLAMA;
      assertThat(layout.reorders("model.layers.0.self_attn.q_proj.weight")).isEqualTo(llama);
      assertThat(layout.reorders("model.layers.0.self_attn.k_proj.bias")).isEqualTo(llama);
      assertThat(layout.reorders("model.layers.0.self_attn.v_proj.weight")).isFalse();
      assertThat(layout.reorders("lm_head.weight")).isFalse();
    }
    assertThatThrownBy(() -> GgufLayout.of("x.gguf", "mamba"))
        .isInstanceOf(UnsupportedModelException.class)
        .hasMessage(
            "x.gguf: general.architecture is mamba, supported are llama, qwen2, phi3, phi2, falcon");
  }

  @Test
  void theHalvesOfAHeadAlternate() {
    assertThat(LongStream.range(0, 12).map(row -> GgufLayout.fromFileRow(row, 6)))
        .containsExactly(0L, 3L, 1L, 4L, 2L, 5L, 6L, 9L, 7L, 10L, 8L, 11L);
    for (long row = 0; row < 64; row++) {
      assertThat(GgufLayout.toFileRow(GgufLayout.fromFileRow(row, 16), 16)).isEqualTo(row);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "blk.0.attn_norm.weight, 64, Q4_0, false, F32",
    "blk.0.attn_q.weight, 8x64, Q4_0, false, Q4_0",
    "blk.0.attn_q.weight, 8x48, Q4_0, false, F16",
    "blk.0.attn_q.weight, 8x48, BF16, false, BF16",
    "output.weight, 8x64, Q4_0, false, Q8_0",
    "output.weight, 8x64, F16, false, F16",
    "token_embd.weight, 8x64, Q4_0, false, Q4_0",
    "token_embd.weight, 8x64, Q4_0, true, Q8_0"
  })
  void choosesTheEncoding(
      String name, String shape, Encoding wanted, boolean tied, Encoding expected) {
    List<Long> dimensions =
        List.of(shape.split("x")).stream().map(Long::valueOf).collect(Collectors.toList());
    assertThat(GgufLayout.encoding(name, dimensions, wanted, tied)).isEqualTo(expected);
  }

  @Test
  void knowsTheTypesOfFiles() {
    assertThat(GgufLayout.fileType(Encoding.F16)).isEqualTo(1);
    assertThatThrownBy(() -> GgufLayout.fileType(Encoding.Q4_K))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("models are not written as Q4_K");
  }

  private static GgufShape shape(GgufLayout layout, GgufRope rope) {
    return new GgufShape(layout, 2048, 64, 2, 128, 4, 2, 16, 8, 1e-5, rope, OptionalInt.of(100));
  }

  private GgufShape read(GgufShape shape, Map<String, ?> changes) {
    return read(shape, changes, List.of(8L, 64L), shape.ropeTensors());
  }

  private GgufShape read(
      GgufShape shape,
      Map<String, ?> changes,
      List<Long> embedding,
      Map<String, List<Float>> factors) {
    Map<String, Object> metadata = new LinkedHashMap<>();
    metadata.put("general.architecture", shape.layout().architecture());
    metadata.putAll(shape.metadata());
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
    if (changes.containsKey("two norms")) {
      tensors.put("blk.0.attn_norm_2.weight", zeros(List.of(64L)));
    }
    Path path = folder.resolve("shape.gguf");
    GgufWriter.write(path, metadata, tensors);
    try (GgufFile file = GgufFile.open(path)) {
      return GgufShape.read(file);
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

  private static void assertSame(GgufShape found, GgufShape expected) {
    assertThat(found)
        .usingRecursiveComparison()
        .withComparatorForType(
            (a, b) -> Math.abs(a - b) <= 1e-6 * Math.abs(a) ? 0 : 1, Double.class)
        .isEqualTo(expected);
  }

  @ParameterizedTest
  @EnumSource(GgufLayout.class)
  void shapesComeBack(GgufLayout layout) {
    List<Float> some = List.of(1f, 1.5f, 2f, 2.5f);
    for (GgufRope rope :
        List.of(
            GgufRope.plain(1e6, 8),
            GgufRope.linear(1e4, 16, 4),
            GgufRope.yarn(1e4, 16, 8, 256, GgufRope.yarnFactor(8), 32, 1),
            GgufRope.yarn(1e4, 16, 8, 256, 1.5, 32, 1))) {
      assertSame(read(shape(layout, rope), Map.of()), shape(layout, rope));
    }
    GgufShape factors =
        shape(
            layout,
            layout == GgufLayout.PHI3
                ? GgufRope.longRope(1e4, 8, 512, 1.19, some, List.of(4f, 5f, 6f, 7f))
                : GgufRope.divided(5e5, 8, some));
    assertSame(read(factors, Map.of()), factors);
  }

  @Test
  void writesNoKeyWithoutNeed() {
    Map<String, Object> plain = shape(GgufLayout.LLAMA, GgufRope.plain(1e4, 16)).metadata();
    assertThat(plain.keySet()).noneMatch(key -> key.contains("scaling"));
    assertThat(plain).containsEntry("llama.attention.sliding_window", 100);
    Map<String, Object> yarn =
        shape(GgufLayout.QWEN2, GgufRope.yarn(1e4, 16, 4, 512, GgufRope.yarnFactor(4), 32, 1))
            .metadata();
    assertThat(yarn)
        .containsEntry("qwen2.rope.scaling.original_context_length", 512)
        .containsEntry("qwen2.rope.scaling.factor", 4f)
        .doesNotContainKey("qwen2.rope.scaling.attn_factor");
    // which llama.cpp needs of every Phi-3
    assertThat(shape(GgufLayout.PHI3, GgufRope.plain(1e4, 16)).metadata())
        .containsEntry("phi3.rope.scaling.original_context_length", 2048);
  }

  @Test
  void fillsInWhatLlamaCppAssumes() {
    GgufShape expected = shape(GgufLayout.LLAMA, GgufRope.linear(1e4, 16, 4));
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
    GgufShape usual = shape(GgufLayout.QWEN2, GgufRope.yarn(1e4, 16, 8, 256, 1.5, 32, 1));
    GgufShape other = shape(GgufLayout.QWEN2, GgufRope.yarn(1e4, 16, 8, 256, 1.5, 16, 2));
    Map<String, ?> bounds =
        Map.of("qwen2.rope.scaling.yarn_beta_fast", 16f, "qwen2.rope.scaling.yarn_beta_slow", 2f);
    assertSame(read(usual, bounds), other);
    assertThatThrownBy(other::metadata)
        .isInstanceOf(UnsupportedModelException.class)
        .hasMessage(
            "YaRN with beta_fast 16.0 and beta_slow 2.0: llama.cpp has 32 and 1 for all models");
  }

  @Test
  void refusesWhatNoDecoderHereDoes() {
    GgufShape llama = shape(GgufLayout.LLAMA, GgufRope.plain(1e4, 16));
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
    unsupported(
        shape(GgufLayout.FALCON, GgufRope.plain(1e4, 16)),
        "two norms",
        true,
        "tensor blk.0.attn_norm_2.weight: only Falcon-7B is supported");
    GgufRope longRope =
        GgufRope.longRope(1e4, 8, 512, 1.19, List.of(1f, 1f, 1f, 1f), List.of(4f, 5f, 6f, 7f));
    assertThatThrownBy(() -> shape(GgufLayout.QWEN2, longRope).ropeTensors())
        .isInstanceOf(UnsupportedModelException.class)
        .hasMessage("LongRoPE: GGUF files have it for phi3, not for qwen2");
  }

  private void unsupported(GgufShape shape, String key, Object value, String message) {
    assertThatThrownBy(() -> read(shape, Map.of(key, value)))
        .isInstanceOf(UnsupportedModelException.class)
        .hasMessage(folder.resolve("shape.gguf") + ": " + message);
  }

  @Test
  void refusesWhatIsDamaged() {
    GgufShape shape = shape(GgufLayout.LLAMA, GgufRope.divided(1e4, 8, List.of(1f, 2f, 3f, 4f)));
    damaged(
        () -> read(shape, Map.of("llama.attention.head_count", 65)),
        ", field llama.attention.head_count: expected at most 64, found 65");
    damaged(
        () -> read(shape, Map.of("llama.block_count", "absent")),
        ", field llama.block_count: missing");
    damaged(
        () -> read(shape, Map.of(), List.of(64L), shape.ropeTensors()),
        ": tensor token_embd.weight has shape [64], expected (vocabulary, hidden)");
    damaged(
        () -> read(shape, Map.of(), List.of(8L, 64L), Map.of("rope_freqs.weight", List.of(1f))),
        ": tensor rope_freqs.weight has shape [1], expected [4]");
    damaged(
        () ->
            read(
                shape,
                Map.of(),
                List.of(8L, 64L),
                Map.of("rope_freqs.weight", List.of(1f, 2f, 0f, 4f))),
        ": tensor rope_freqs.weight holds 0.0, expected numbers over 0");
    damaged(
        () ->
            read(
                shape(GgufLayout.LLAMA, GgufRope.plain(1e4, 16)),
                Map.of("llama.rope.scaling.factor", -2f)),
        ", field llama.rope.scaling.factor: expected a number over 0, found -2.0");
  }

  private void damaged(org.assertj.core.api.ThrowableAssert.ThrowingCallable call, String message) {
    assertThatThrownBy(call)
        .isInstanceOf(InvalidDataException.class)
        .hasMessage(folder.resolve("shape.gguf") + message);
  }
}
