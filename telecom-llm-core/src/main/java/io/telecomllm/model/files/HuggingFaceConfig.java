package io.telecomllm.model.files;

import io.telecomllm.Internal;
import io.telecomllm.InvalidDataException;
import io.telecomllm.UnsupportedModelException;
import io.telecomllm.json.JsonView;
import io.telecomllm.lora.TargetModule;
import io.telecomllm.model.Activation;
import io.telecomllm.model.Architecture;
import io.telecomllm.model.ModelConfig;
import io.telecomllm.model.Rope;
import io.telecomllm.model.SlidingWindow;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** Converts Hugging Face's config.json to a {@link ModelConfig} and back. */
@Internal
public final class HuggingFaceConfig {
  private static final int MAX = Integer.MAX_VALUE;

  /** The size of a head of Qwen3 where config.json does not say it. */
  private static final int QWEN3_HEAD = 128;

  /**
   * The window that transformers assumes for a Mistral model whose config.json does not name one.
   */
  private static final int MISTRAL_WINDOW = 4096;

  private static final Set<TargetModule> QKV =
      EnumSet.of(TargetModule.Q, TargetModule.K, TargetModule.V);

  private HuggingFaceConfig() {}

  /**
   * Reads the configuration.
   *
   * @throws UnsupportedModelException naming the setting that this library cannot run
   * @throws InvalidDataException naming the field that is absent, out of range or contradicts
   *     others
   */
  public static ModelConfig read(JsonView json) {
    Architecture architecture = architecture(json);
    try {
      return architecture == Architecture.FALCON ? falcon(json) : common(architecture, json);
    } catch (IllegalArgumentException e) {
      throw new InvalidDataException(json.file() + ": " + e.getMessage(), e);
    }
  }

  private static Architecture architecture(JsonView json) {
    String type = json.string("model_type");
    for (Architecture architecture : Architecture.values()) {
      if (architecture.modelType().equals(type)) {
        return architecture;
      }
    }
    String known =
        Arrays.stream(Architecture.values())
            .map(Architecture::modelType)
            .collect(Collectors.joining(", "));
    throw new UnsupportedModelException(
        json.file() + ": model_type is " + type + ", supported are " + known);
  }

  private static ModelConfig common(Architecture architecture, JsonView json) {
    boolean phi2 = architecture == Architecture.PHI2;
    int hidden = json.integer("hidden_size", 1, ModelConfig.MAX_HIDDEN);
    int heads = json.integer("num_attention_heads", 1, ModelConfig.MAX_HEADS);
    int derived = headSize(json, hidden, heads);
    int headSize =
        json.optionalInteger("head_dim", 2, ModelConfig.MAX_HEAD_SIZE)
            .orElse(architecture == Architecture.QWEN3 ? QWEN3_HEAD : derived);
    if (headSize % 2 != 0) {
      throw json.invalid("head_dim", "an even number");
    }
    int context = json.integer("max_position_embeddings", 1, ModelConfig.MAX_CONTEXT);
    if (phi2) {
      require(json, "qk_layernorm", json.bool("qk_layernorm", false), false);
    }
    Rope rope = RopeJson.read(json, headSize, phi2 ? 0.5 : 1, context);
    return new ModelConfig(
        architecture,
        hidden,
        json.integer("intermediate_size", 1, ModelConfig.MAX_INTERMEDIATE),
        layers(json),
        heads,
        keyValueHeads(json, heads),
        headSize,
        json.integer("vocab_size", 1, ModelConfig.MAX_VOCABULARY),
        RopeJson.extended(context, rope),
        epsilon(json, epsilonField(architecture), json.number(epsilonField(architecture))),
        activation(architecture, json, "hidden_act", phi2 ? "gelu_new" : "silu"),
        rope,
        window(architecture, json),
        biases(architecture, json),
        json.bool("tie_word_embeddings", false));
  }

  private static int headSize(JsonView json, int hidden, int heads) {
    if (hidden % heads != 0) {
      throw json.invalid("num_attention_heads", "a divisor of hidden_size " + hidden);
    }
    int size = hidden / heads;
    boolean even = size % 2 == 0 && size <= ModelConfig.MAX_HEAD_SIZE;
    if (!even && !json.has("head_dim")) {
      throw json.invalid(
          "num_attention_heads",
          "heads of an even size up to "
              + ModelConfig.MAX_HEAD_SIZE
              + ", hidden_size "
              + hidden
              + " leaves "
              + size);
    }
    return size;
  }

  private static int layers(JsonView json) {
    return json.integer("num_hidden_layers", 1, ModelConfig.MAX_LAYERS);
  }

  private static int keyValueHeads(JsonView json, int heads) {
    int count = json.optionalInteger("num_key_value_heads", 1, heads).orElse(heads);
    if (heads % count != 0) {
      throw json.invalid("num_key_value_heads", "a divisor of num_attention_heads " + heads);
    }
    return count;
  }

  private static double epsilon(JsonView json, String field, double value) {
    if (!(value >= 0 && value < 1)) {
      throw json.invalid(field, "a number from 0 to below 1");
    }
    return value;
  }

  private static String epsilonField(Architecture architecture) {
    return switch (architecture) {
      case PHI2 -> "layer_norm_eps";
      case FALCON -> "layer_norm_epsilon";
      default -> "rms_norm_eps";
    };
  }

  private static Activation activation(
      Architecture architecture, JsonView json, String field, String otherwise) {
    Activation activation = activation(json, field, json.optionalString(field).orElse(otherwise));
    if (activation.gated() != architecture.wiring().hasGate()) {
      throw json.invalid(field, "one that goes with " + architecture.modelType());
    }
    return activation;
  }

  private static Activation activation(JsonView json, String field, String name) {
    return switch (name) {
      case "silu", "swish" -> Activation.SWIGLU;
      case "gelu" -> Activation.GELU;
      case "gelu_new", "gelu_pytorch_tanh" -> Activation.GELU_TANH;
      default ->
          throw new UnsupportedModelException(
              json.file()
                  + ": "
                  + field
                  + " is "
                  + name
                  + ", supported are silu, gelu, gelu_new, gelu_pytorch_tanh");
    };
  }

  private static Optional<SlidingWindow> window(Architecture architecture, JsonView json) {
    switch (architecture) {
      case PHI3 -> {
        return window(json, 0);
      }
      case MISTRAL -> {
        return json.names().contains("sliding_window")
            ? window(json, 0)
            : Optional.of(new SlidingWindow(MISTRAL_WINDOW, 0));
      }
      case QWEN2, QWEN3 -> {
        Optional<SlidingWindow> window =
            json.bool("use_sliding_window", false)
                ? window(json, json.integer("max_window_layers", 0, MAX))
                : Optional.empty();
        checkLayerTypes(json, window);
        return window;
      }
      default -> {
        return Optional.empty();
      }
    }
  }

  private static Optional<SlidingWindow> window(JsonView json, int firstLayer) {
    return json.optionalInteger("sliding_window", 1, MAX).stream()
        .mapToObj(size -> new SlidingWindow(size, firstLayer))
        .findFirst();
  }

  /** Checks that {@code layer_types}, in newer files, says the same as the window's own fields. */
  private static void checkLayerTypes(JsonView json, Optional<SlidingWindow> window) {
    if (!json.has("layer_types")) {
      return;
    }
    List<String> types = json.strings("layer_types");
    int layers = layers(json);
    if (types.size() != layers) {
      throw json.invalid("layer_types", "one for each of num_hidden_layers " + layers);
    }
    for (int i = 0; i < types.size(); i++) {
      int layer = i;
      boolean sliding = window.filter(w -> layer >= w.firstLayer()).isPresent();
      require(json, "layer_types", types.get(i), sliding ? "sliding_attention" : "full_attention");
    }
  }

  private static Set<TargetModule> biases(Architecture architecture, JsonView json) {
    EnumSet<TargetModule> biases = EnumSet.noneOf(TargetModule.class);
    switch (architecture) {
      case PHI2 -> biases.addAll(EnumSet.complementOf(EnumSet.of(TargetModule.GATE)));
      case QWEN2 -> biases.addAll(QKV);
      case LLAMA, QWEN3 -> {
        if (json.bool("attention_bias", false)) {
          biases.addAll(QKV);
          biases.add(TargetModule.O);
        }
        if (architecture == Architecture.LLAMA && json.bool("mlp_bias", false)) {
          biases.addAll(EnumSet.of(TargetModule.GATE, TargetModule.UP, TargetModule.DOWN));
        }
      }
      default -> {
        for (String bias : List.of("attention_bias", "mlp_bias")) {
          require(json, bias, json.bool(bias, false), false);
        }
      }
    }
    return biases;
  }

  private static ModelConfig falcon(JsonView json) {
    require(json, "alibi", json.bool("alibi", false), false);
    require(json, "new_decoder_architecture", json.bool("new_decoder_architecture", false), false);
    require(json, "multi_query", json.bool("multi_query", true), true);
    require(json, "parallel_attn", json.bool("parallel_attn", true), true);
    require(
        json,
        "num_ln_in_parallel_attn",
        json.optionalInteger("num_ln_in_parallel_attn", 0, MAX).orElse(1),
        1);
    int hidden = json.integer("hidden_size", 1, ModelConfig.MAX_HIDDEN);
    int heads = json.integer("num_attention_heads", 1, ModelConfig.MAX_HEADS);
    int headSize = headSize(json, hidden, heads);
    int context =
        json.optionalInteger("max_position_embeddings", 1, ModelConfig.MAX_CONTEXT).orElse(2048);
    Rope rope = RopeJson.read(json, headSize, 1, context);
    return new ModelConfig(
        Architecture.FALCON,
        hidden,
        json.optionalInteger("ffn_hidden_size", 1, ModelConfig.MAX_INTERMEDIATE).orElse(4 * hidden),
        layers(json),
        heads,
        1,
        headSize,
        json.integer("vocab_size", 1, ModelConfig.MAX_VOCABULARY),
        RopeJson.extended(context, rope),
        epsilon(json, "layer_norm_epsilon", json.optionalNumber("layer_norm_epsilon").orElse(1e-5)),
        activation(Architecture.FALCON, json, "activation", "gelu"),
        rope,
        Optional.empty(),
        json.bool("bias", false)
            ? EnumSet.complementOf(EnumSet.of(TargetModule.GATE))
            : EnumSet.noneOf(TargetModule.class),
        json.bool("tie_word_embeddings", true));
  }

  private static void require(JsonView json, String field, Object found, Object supported) {
    if (!found.equals(supported)) {
      throw new UnsupportedModelException(
          json.file() + ": " + field + " is " + found + ", only " + supported + " is supported");
    }
  }

  /** Returns the fields of config.json, which {@link #read} and transformers read. */
  public static Map<String, Object> write(ModelConfig config) {
    Architecture architecture = config.architecture();
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("architectures", List.of(architecture.className()));
    json.put("model_type", architecture.modelType());
    json.put("hidden_size", config.hiddenSize());
    json.put("num_hidden_layers", config.layers());
    json.put("num_attention_heads", config.heads());
    json.put("vocab_size", config.vocabularySize());
    json.put("max_position_embeddings", RopeJson.stored(config.contextLength(), config.rope()));
    json.put(epsilonField(architecture), config.normEpsilon());
    json.put("tie_word_embeddings", config.tiedEmbeddings());
    RopeJson.write(config, json);
    if (architecture == Architecture.FALCON) {
      json.put("ffn_hidden_size", config.intermediateSize());
      json.put("activation", config.activation().hiddenAct());
      json.put("bias", config.biases().contains(TargetModule.Q));
      json.put("multi_query", true);
      json.put("parallel_attn", true);
      json.put("new_decoder_architecture", false);
      json.put("alibi", false);
      return json;
    }
    json.put("intermediate_size", config.intermediateSize());
    json.put("num_key_value_heads", config.keyValueHeads());
    json.put("hidden_act", config.activation().hiddenAct());
    boolean implied = config.headSize() * config.heads() == config.hiddenSize();
    // published files of Phi-2 do not have it
    if (architecture != Architecture.PHI2 || !implied) {
      json.put("head_dim", config.headSize());
    }
    if (architecture == Architecture.LLAMA || architecture == Architecture.QWEN3) {
      json.put("attention_bias", config.biases().contains(TargetModule.Q));
    }
    if (architecture == Architecture.LLAMA) {
      json.put("mlp_bias", config.biases().contains(TargetModule.UP));
    }
    config
        .slidingWindow()
        .ifPresent(
            window -> {
              json.put("use_sliding_window", true);
              json.put("sliding_window", window.size());
              json.put("max_window_layers", window.firstLayer());
            });
    if (config.slidingWindow().isEmpty()) {
      // if it were absent, transformers would assume a window for some families
      json.put("sliding_window", null);
    }
    return json;
  }
}
