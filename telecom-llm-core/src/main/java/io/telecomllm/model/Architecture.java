package io.telecomllm.model;

import com.google.common.collect.ImmutableList;
import java.util.List;

/** Which linear layers an architecture has, by the names of their tensors. */
public enum Architecture {
  /** Phi-3: one fused projection for query, key and value, one for gate and up. */
  PHI3(ImmutableList.of("self_attn.qkv_proj"), ImmutableList.of("mlp.gate_up_proj")),
  /** LLaMA: each projection on its own. */
  LLAMA(
      ImmutableList.of("self_attn.q_proj", "self_attn.k_proj", "self_attn.v_proj"),
      ImmutableList.of("mlp.gate_proj", "mlp.up_proj"));

  private final ImmutableList<String> attentionInputs;
  private final ImmutableList<String> feedForwardInputs;

  Architecture(ImmutableList<String> attentionInputs, ImmutableList<String> feedForwardInputs) {
    this.attentionInputs = attentionInputs;
    this.feedForwardInputs = feedForwardInputs;
  }

  /** The linear layers that read the attention's input, in the order query, key, value. */
  List<String> attentionInputs() {
    return attentionInputs;
  }

  /** The linear layers that read the feed-forward's input, in the order gate, up. */
  List<String> feedForwardInputs() {
    return feedForwardInputs;
  }

  /** Output features of each of {@link #attentionInputs}. */
  List<Integer> attentionSizes(ModelConfig config) {
    int kv = config.keyValueSize();
    return this == PHI3
        ? List.of(config.querySize() + 2 * kv)
        : List.of(config.querySize(), kv, kv);
  }

  /** Output features of each of {@link #feedForwardInputs}. */
  List<Integer> feedForwardSizes(ModelConfig config) {
    int width = config.intermediateSize();
    return this == PHI3 ? List.of(2 * width) : List.of(width, width);
  }
}
