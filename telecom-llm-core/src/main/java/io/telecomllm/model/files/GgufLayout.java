package io.telecomllm.model.files;

import com.google.common.collect.ImmutableMap;
import io.telecomllm.Internal;
import io.telecomllm.UnsupportedModelException;
import io.telecomllm.json.JsonView;
import io.telecomllm.model.Activation;
import io.telecomllm.model.Architecture;
import io.telecomllm.weights.Encoding;
import io.telecomllm.weights.GgufFile;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/**
 * The names and the layout of tensors in GGUF files, for each architecture of llama.cpp, compared
 * with Hugging Face's checkpoints. Names here are without {@code .weight} and {@code .bias}.
 *
 * <p>Source: {@code tensor_mapping.py} and {@code constants.py} of the gguf package 0.19.0, and the
 * converters of llama.cpp.
 */
@Internal
public enum GgufLayout {
  /** LLaMA 1 to 3 and Mistral: the rows of the two halves of a head alternate in query and key. */
  LLAMA("llama", "model.layers.", "model.embed_tokens", "model.norm", separate(), true, false),
  /** Qwen2. */
  QWEN2("qwen2", "model.layers.", "model.embed_tokens", "model.norm", separate(), false, false),
  /** Qwen3. */
  QWEN3("qwen3", "model.layers.", "model.embed_tokens", "model.norm", normed(), false, false),
  /** Phi-3: the fused projections stay fused; the fused gate and up projection is called up. */
  PHI3("phi3", "model.layers.", "model.embed_tokens", "model.norm", fused(), false, false),
  /** Phi-1 to Phi-2. */
  PHI2("phi2", "model.layers.", "model.embed_tokens", "model.final_layernorm", phi2(), false, true),
  /** Falcon-7B. */
  FALCON(
      "falcon",
      "transformer.h.",
      "transformer.word_embeddings",
      "transformer.ln_f",
      falcon(),
      false,
      true);

  /** The divisor of each frequency of the rotary embedding; (rotated features / 2). */
  static final String ROPE_DIVISORS = "rope_freqs.weight";

  /** The divisors of Phi-3's LongRoPE for sequences within the trained length. */
  static final String ROPE_SHORT = "rope_factors_short.weight";

  /** The divisors of Phi-3's LongRoPE for longer sequences. */
  static final String ROPE_LONG = "rope_factors_long.weight";

  static final String EMBEDDING = "token_embd.weight";
  static final String HEAD = "output.weight";

  private final String architecture;
  private final String layers;
  private final ImmutableMap<String, String> outside;
  private final ImmutableMap<String, String> inLayer;
  private final boolean alternatesHalves;
  private final boolean layerNorm;

  GgufLayout(
      String architecture,
      String layers,
      String embedding,
      String lastNorm,
      ImmutableMap<String, String> inLayer,
      boolean alternatesHalves,
      boolean layerNorm) {
    this.architecture = architecture;
    this.layers = layers;
    this.outside =
        ImmutableMap.of(embedding, "token_embd", lastNorm, "output_norm", "lm_head", "output");
    this.inLayer = inLayer;
    this.alternatesHalves = alternatesHalves;
    this.layerNorm = layerNorm;
  }

  private static ImmutableMap<String, String> separate() {
    return ImmutableMap.of(
        "input_layernorm", "attn_norm",
        "self_attn.q_proj", "attn_q",
        "self_attn.k_proj", "attn_k",
        "self_attn.v_proj", "attn_v",
        "self_attn.o_proj", "attn_output",
        "post_attention_layernorm", "ffn_norm",
        "mlp.gate_proj", "ffn_gate",
        "mlp.up_proj", "ffn_up",
        "mlp.down_proj", "ffn_down");
  }

  private static ImmutableMap<String, String> normed() {
    return ImmutableMap.<String, String>builder()
        .putAll(separate())
        .put("self_attn.q_norm", "attn_q_norm")
        .put("self_attn.k_norm", "attn_k_norm")
        .buildOrThrow();
  }

  private static ImmutableMap<String, String> fused() {
    return ImmutableMap.of(
        "input_layernorm", "attn_norm",
        "self_attn.qkv_proj", "attn_qkv",
        "self_attn.o_proj", "attn_output",
        "post_attention_layernorm", "ffn_norm",
        "mlp.gate_up_proj", "ffn_up",
        "mlp.down_proj", "ffn_down");
  }

  private static ImmutableMap<String, String> phi2() {
    return ImmutableMap.of(
        "input_layernorm", "attn_norm",
        "self_attn.q_proj", "attn_q",
        "self_attn.k_proj", "attn_k",
        "self_attn.v_proj", "attn_v",
        "self_attn.dense", "attn_output",
        "mlp.fc1", "ffn_up",
        "mlp.fc2", "ffn_down");
  }

  private static ImmutableMap<String, String> falcon() {
    return ImmutableMap.of(
        "input_layernorm", "attn_norm",
        "self_attention.query_key_value", "attn_qkv",
        "self_attention.dense", "attn_output",
        "mlp.dense_h_to_4h", "ffn_up",
        "mlp.dense_4h_to_h", "ffn_down");
  }

  /** Returns the layout of a file, by its {@code general.architecture}. */
  public static GgufLayout of(GgufFile file) {
    JsonView fields = file.fields();
    String architecture = fields.string("general.architecture");
    for (GgufLayout layout : values()) {
      if (layout.architecture.equals(architecture)) {
        return layout;
      }
    }
    String known =
        Arrays.stream(values()).map(l -> l.architecture).collect(Collectors.joining(", "));
    throw new UnsupportedModelException(
        fields.file() + ": general.architecture is " + architecture + ", supported are " + known);
  }

  /** Returns the layout of an architecture's files. */
  public static GgufLayout of(Architecture architecture) {
    return switch (architecture) {
      case LLAMA, MISTRAL -> LLAMA;
      case QWEN2 -> QWEN2;
      case QWEN3 -> QWEN3;
      case PHI3 -> PHI3;
      case PHI2 -> PHI2;
      case FALCON -> FALCON;
    };
  }

  /**
   * Returns the architecture of a file's model.
   *
   * @param window whether its attention has a sliding window
   */
  Architecture modelled(boolean window) {
    return switch (this) {
      case LLAMA -> window ? Architecture.MISTRAL : Architecture.LLAMA;
      case QWEN2 -> Architecture.QWEN2;
      case QWEN3 -> Architecture.QWEN3;
      case PHI3 -> Architecture.PHI3;
      case PHI2 -> Architecture.PHI2;
      case FALCON -> Architecture.FALCON;
    };
  }

  /** Returns the activation of the feed-forward layers, which GGUF files do not state. */
  Activation activation() {
    return switch (this) {
      case LLAMA, QWEN2, QWEN3, PHI3 -> Activation.SWIGLU;
      case PHI2 -> Activation.GELU_TANH;
      case FALCON -> Activation.GELU;
    };
  }

  /**
   * Returns the value of {@code general.architecture}, which also begins the keys of the settings.
   */
  public String architecture() {
    return architecture;
  }

  /** Returns the key of the norms' epsilon, after the architecture. */
  String epsilonKey() {
    return layerNorm ? ".attention.layer_norm_epsilon" : ".attention.layer_norm_rms_epsilon";
  }

  /**
   * Returns the name in the file of a tensor that Hugging Face calls {@code name}, such as {@code
   * model.layers.3.self_attn.q_proj.weight}.
   *
   * @throws IllegalArgumentException if the architecture has no such tensor
   */
  public String tensor(String name) {
    int dot = name.lastIndexOf('.');
    String kind = name.substring(dot + 1);
    String module = dot < 0 ? "" : name.substring(0, dot);
    String prefix = "";
    String found = outside.get(module);
    if (found == null && module.startsWith(layers)) {
      int end = module.indexOf('.', layers.length());
      String number = module.substring(layers.length(), Math.max(end, layers.length()));
      if (!number.isEmpty() && number.chars().allMatch(c -> c >= '0' && c <= '9')) {
        prefix = "blk." + number + ".";
        found = inLayer.get(module.substring(end + 1));
      }
    }
    if (found == null || !(kind.equals("weight") || kind.equals("bias"))) {
      throw new IllegalArgumentException(
          "tensor "
              + name
              + ": GGUF files of the architecture "
              + architecture
              + " have no such tensor");
    }
    return prefix + found + "." + kind;
  }

  /**
   * Returns whether the file has the rows of this tensor, by Hugging Face's name, in another order.
   */
  public boolean reorders(String name) {
    return alternatesHalves && (name.contains(".q_proj.") || name.contains(".k_proj."));
  }

  /**
   * Returns which row of Hugging Face's tensor is stored in a row of the file, for a tensor that
   * {@link #reorders}: in the file the rows of the two halves of a head alternate.
   *
   * @param headSize features of a head, even
   */
  public static long fromFileRow(long row, int headSize) {
    long within = row % headSize;
    return row - within + within % 2 * (headSize / 2) + within / 2;
  }

  /**
   * Returns the row of the file that stores a row of Hugging Face's tensor; the inverse of {@link
   * #fromFileRow}.
   */
  public static long toFileRow(long row, int headSize) {
    long within = row % headSize;
    int half = headSize / 2;
    return row - within + 2 * (within % half) + within / half;
  }

  /**
   * Returns the encoding of a tensor in a file of the encoding {@code wanted}. Vectors stay in
   * single precision, which llama.cpp's operators expect of norms and biases. Matrices whose rows
   * are not a whole number of blocks become half precision. In a Q4_0 file the matrix that computes
   * the logits is Q8_0.
   *
   * @param name the tensor's name in the file
   * @param tied whether the embedding is also the head
   */
  public static Encoding encoding(String name, List<Long> shape, Encoding wanted, boolean tied) {
    if (shape.size() < 2) {
      return Encoding.F32;
    }
    if (shape.get(shape.size() - 1) % wanted.blockValues() != 0) {
      return Encoding.F16;
    }
    boolean head = name.equals(HEAD) || (tied && name.equals(EMBEDDING));
    return head && wanted == Encoding.Q4_0 ? Encoding.Q8_0 : wanted;
  }

  /** Returns the value of {@code general.file_type}: {@code llama_ftype} of llama.cpp. */
  public static int fileType(Encoding encoding) {
    return switch (encoding) {
      case F32 -> 0;
      case F16 -> 1;
      case Q4_0 -> 2;
      case Q8_0 -> 7;
      case BF16 -> 32;
      default -> throw new IllegalArgumentException("models are not written as " + encoding);
    };
  }
}
