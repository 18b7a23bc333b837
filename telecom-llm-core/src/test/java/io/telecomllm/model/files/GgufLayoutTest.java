package io.telecomllm.model.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.telecomllm.model.Architecture;
import io.telecomllm.weights.Encoding;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GgufLayoutTest {
  @ParameterizedTest
  @CsvSource({
    "LLAMA, model.embed_tokens.weight, token_embd.weight",
    "LLAMA, model.norm.weight, output_norm.weight",
    "LLAMA, lm_head.weight, output.weight",
    "LLAMA, model.layers.0.self_attn.q_proj.bias, blk.0.attn_q.bias",
    "LLAMA, model.layers.17.mlp.gate_proj.weight, blk.17.ffn_gate.weight",
    "QWEN2, model.layers.3.self_attn.k_proj.bias, blk.3.attn_k.bias",
    "QWEN3, model.layers.3.self_attn.q_norm.weight, blk.3.attn_q_norm.weight",
    "QWEN3, model.layers.3.self_attn.k_norm.weight, blk.3.attn_k_norm.weight",
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
                + " have no such tensor");
  }

  @Test
  void onlyLlamaReordersQueryAndKey() {
    for (GgufLayout layout : GgufLayout.values()) {
      boolean llama = layout == GgufLayout.LLAMA;
      assertThat(layout.reorders("model.layers.0.self_attn.q_proj.weight")).isEqualTo(llama);
      assertThat(layout.reorders("model.layers.0.self_attn.k_proj.bias")).isEqualTo(llama);
      assertThat(layout.reorders("model.layers.0.self_attn.v_proj.weight")).isFalse();
      assertThat(layout.reorders("lm_head.weight")).isFalse();
    }
  }

  @Test
  void everyArchitectureHasALayoutAndComesBackFromIt() {
    for (Architecture architecture : Architecture.values()) {
      boolean window = architecture == Architecture.MISTRAL;
      assertThat(GgufLayout.of(architecture).modelled(window)).isEqualTo(architecture);
    }
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
}
