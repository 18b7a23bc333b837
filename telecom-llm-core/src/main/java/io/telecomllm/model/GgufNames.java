package io.telecomllm.model;

import java.util.Map;

/** GGUF's names of the tensors that Hugging Face calls otherwise. */
final class GgufNames {
  private static final Map<String, String> WHOLE =
      Map.of(
          "model.embed_tokens.weight", "token_embd.weight",
          "model.norm.weight", "output_norm.weight",
          "lm_head.weight", "output.weight");
  private static final Map<String, String> IN_LAYER =
      Map.of(
          "input_layernorm", "attn_norm",
          "self_attn.q_proj", "attn_q",
          "self_attn.k_proj", "attn_k",
          "self_attn.v_proj", "attn_v",
          "self_attn.o_proj", "attn_output",
          "post_attention_layernorm", "ffn_norm",
          "mlp.gate_proj", "ffn_gate",
          "mlp.up_proj", "ffn_up",
          "mlp.down_proj", "ffn_down");
  private static final String LAYERS = "model.layers.";

  private GgufNames() {}

  static String of(String name) {
    String whole = WHOLE.get(name);
    if (whole != null) {
      return whole;
    }
    // model.layers.N.PART.weight
    String rest = name.substring(LAYERS.length());
    int dot = rest.indexOf('.');
    String part = rest.substring(dot + 1, rest.length() - ".weight".length());
    return "blk." + rest.substring(0, dot) + "." + IN_LAYER.getOrDefault(part, part) + ".weight";
  }
}
