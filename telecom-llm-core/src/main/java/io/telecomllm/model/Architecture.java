package io.telecomllm.model;

import static io.telecomllm.lora.TargetModule.DOWN;
import static io.telecomllm.lora.TargetModule.GATE;
import static io.telecomllm.lora.TargetModule.K;
import static io.telecomllm.lora.TargetModule.O;
import static io.telecomllm.lora.TargetModule.Q;
import static io.telecomllm.lora.TargetModule.UP;
import static io.telecomllm.lora.TargetModule.V;

import com.google.common.collect.ImmutableList;
import com.google.errorprone.annotations.Immutable;
import io.telecomllm.Internal;
import io.telecomllm.lora.TargetModule;
import java.util.Arrays;
import java.util.Optional;

/**
 * The supported families of decoders, described by data: the names of their tensors and the order
 * of operations in a layer. Everything else is in {@link ModelConfig}.
 */
public enum Architecture {
  /** Phi-3: one fused projection for query, key and value, another for gate and up. */
  PHI3("phi3", "Phi3ForCausalLM", Wiring.FUSED),
  /** LLaMA 1 to 3 and other models with the same layers. */
  LLAMA("llama", "LlamaForCausalLM", Wiring.SEPARATE),
  /** Mistral: LLaMA with a sliding window. */
  MISTRAL("mistral", "MistralForCausalLM", Wiring.SEPARATE),
  /** Qwen2: LLaMA with biases on query, key and value. */
  QWEN2("qwen2", "Qwen2ForCausalLM", Wiring.SEPARATE),
  /** Qwen3: LLaMA with norms on each head of query and key. */
  QWEN3("qwen3", "Qwen3ForCausalLM", Wiring.HEAD_NORMS),
  /** Phi-1 to Phi-2: attention and feed-forward in parallel, biases everywhere. */
  PHI2("phi", "PhiForCausalLM", Wiring.PHI2),
  /** Falcon-7B: attention and feed-forward in parallel, one head of keys and values. */
  FALCON("falcon", "FalconForCausalLM", Wiring.FALCON);

  private final String modelType;
  private final String className;
  private final Wiring wiring;

  Architecture(String modelType, String className, Wiring wiring) {
    this.modelType = modelType;
    this.className = className;
    this.wiring = wiring;
  }

  /** Returns its name in Hugging Face's config.json, the value of {@code model_type}. */
  @Internal
  public String modelType() {
    return modelType;
  }

  /** Returns the name of Hugging Face's class, as in {@code architectures} of config.json. */
  @Internal
  public String className() {
    return className;
  }

  /** Returns the names of the tensors and the order of operations in a layer. */
  @Internal
  public Wiring wiring() {
    return wiring;
  }

  /**
   * A linear layer: its name within the decoder layer, and the projections that it computes.
   *
   * @param name its name, such as {@code self_attn.qkv_proj}
   * @param roles the projections, in the order of its output rows; several if they are fused
   */
  @Immutable
  @Internal
  public record Part(String name, ImmutableList<TargetModule> roles) {
    static Part of(String name, TargetModule... roles) {
      return new Part(name, ImmutableList.copyOf(Arrays.asList(roles)));
    }
  }

  /**
   * The names of the tensors, without {@code .weight}, and the order of operations in a layer.
   *
   * @param layers the prefix of a layer's number, such as {@code model.layers.}
   * @param firstNorm the norm before attention
   * @param secondNorm the norm before the feed-forward; empty if attention and feed-forward run in
   *     parallel on the same normed input
   * @param attention the linear layers that read the input of attention: query, key, value
   * @param output the linear layer after attention
   * @param feedForward the linear layers that read the input of the feed-forward: gate and up, or
   *     up alone
   * @param down the last linear layer of the feed-forward
   * @param layerNorm whether norms are LayerNorm with a bias; otherwise they are RMSNorm
   * @param headBias whether the head has a bias
   * @param queryNorm the norm of each head of the queries, before they are rotated; empty for none
   * @param keyNorm the norm of each head of the keys, before they are rotated; empty for none
   */
  @Immutable
  @Internal
  public record Wiring(
      String embedding,
      String layers,
      String lastNorm,
      String head,
      String firstNorm,
      Optional<String> secondNorm,
      ImmutableList<Part> attention,
      Part output,
      ImmutableList<Part> feedForward,
      Part down,
      boolean layerNorm,
      boolean headBias,
      Optional<String> queryNorm,
      Optional<String> keyNorm) {
    static final Wiring SEPARATE =
        llama(
            ImmutableList.of(
                Part.of("self_attn.q_proj", Q),
                Part.of("self_attn.k_proj", K),
                Part.of("self_attn.v_proj", V)),
            ImmutableList.of(Part.of("mlp.gate_proj", GATE), Part.of("mlp.up_proj", UP)));

    static final Wiring HEAD_NORMS =
        llama(
            SEPARATE.attention(),
            SEPARATE.feedForward(),
            Optional.of("self_attn.q_norm"),
            Optional.of("self_attn.k_norm"));

    static final Wiring FUSED =
        llama(
            ImmutableList.of(Part.of("self_attn.qkv_proj", Q, K, V)),
            ImmutableList.of(Part.of("mlp.gate_up_proj", GATE, UP)));

    static final Wiring PHI2 =
        new Wiring(
            "model.embed_tokens",
            "model.layers.",
            "model.final_layernorm",
            "lm_head",
            "input_layernorm",
            Optional.empty(),
            SEPARATE.attention(),
            Part.of("self_attn.dense", O),
            ImmutableList.of(Part.of("mlp.fc1", UP)),
            Part.of("mlp.fc2", DOWN),
            true,
            true,
            Optional.empty(),
            Optional.empty());

    static final Wiring FALCON =
        new Wiring(
            "transformer.word_embeddings",
            "transformer.h.",
            "transformer.ln_f",
            "lm_head",
            "input_layernorm",
            Optional.empty(),
            ImmutableList.of(Part.of("self_attention.query_key_value", Q, K, V)),
            Part.of("self_attention.dense", O),
            ImmutableList.of(Part.of("mlp.dense_h_to_4h", UP)),
            Part.of("mlp.dense_4h_to_h", DOWN),
            true,
            false,
            Optional.empty(),
            Optional.empty());

    /** Returns the name of the embedding's matrix. */
    public String embeddingWeight() {
      return embedding + ".weight";
    }

    /** Returns the name of the head's matrix when it is not the embedding. */
    public String headWeight() {
      return head + ".weight";
    }

    /** Returns whether the feed-forward has a gate. */
    public boolean hasGate() {
      return feedForward.stream().anyMatch(part -> part.roles().contains(GATE));
    }

    private static Wiring llama(ImmutableList<Part> attention, ImmutableList<Part> feedForward) {
      return llama(attention, feedForward, Optional.empty(), Optional.empty());
    }

    private static Wiring llama(
        ImmutableList<Part> attention,
        ImmutableList<Part> feedForward,
        Optional<String> queryNorm,
        Optional<String> keyNorm) {
      return new Wiring(
          "model.embed_tokens",
          "model.layers.",
          "model.norm",
          "lm_head",
          "input_layernorm",
          Optional.of("post_attention_layernorm"),
          attention,
          Part.of("self_attn.o_proj", O),
          feedForward,
          Part.of("mlp.down_proj", DOWN),
          false,
          false,
          queryNorm,
          keyNorm);
    }
  }
}
