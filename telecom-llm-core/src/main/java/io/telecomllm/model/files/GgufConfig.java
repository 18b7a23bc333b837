package io.telecomllm.model.files;

import io.telecomllm.Internal;
import io.telecomllm.InvalidDataException;
import io.telecomllm.UnsupportedModelException;
import io.telecomllm.json.JsonView;
import io.telecomllm.lora.TargetModule;
import io.telecomllm.model.ModelConfig;
import io.telecomllm.model.Rope;
import io.telecomllm.model.SlidingWindow;
import io.telecomllm.weights.GgufFile;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Converts the metadata of a GGUF file to a {@link ModelConfig} and back. */
@Internal
public final class GgufConfig {
  private static final int MAX = Integer.MAX_VALUE;

  /** Settings of models that this library cannot run. */
  private static final List<String> FOREIGN =
      List.of(".expert_count", ".attention.max_alibi_bias", ".attention.clamp_kqv");

  private GgufConfig() {}

  /**
   * Reads the configuration of a file.
   *
   * @throws UnsupportedModelException naming the setting that this library cannot run
   * @throws InvalidDataException naming the field or tensor that is absent or out of range
   */
  public static ModelConfig read(GgufFile file) {
    JsonView fields = file.fields();
    GgufLayout layout = GgufLayout.of(file);
    String prefix = layout.architecture();
    for (String key : FOREIGN) {
      if (fields.has(prefix + key) && fields.number(prefix + key) != 0) {
        throw unsupported(fields, prefix + key, "0");
      }
    }
    if (file.names().contains("blk.0.attn_norm_2.weight")) {
      throw new UnsupportedModelException(
          fields.file() + ": tensor blk.0.attn_norm_2.weight: only Falcon-7B is supported");
    }
    int hidden = fields.integer(prefix + ".embedding_length", 1, ModelConfig.MAX_HIDDEN);
    int heads = fields.integer(prefix + ".attention.head_count", 1, ModelConfig.MAX_HEADS);
    if (hidden < heads) {
      throw fields.invalid(prefix + ".attention.head_count", "at most " + hidden);
    }
    int headSize =
        fields
            .optionalInteger(prefix + ".attention.key_length", 1, ModelConfig.MAX_HEAD_SIZE)
            .orElse(hidden / heads);
    if (headSize % 2 != 0 || headSize > ModelConfig.MAX_HEAD_SIZE) {
      throw fields.invalid(
          prefix + ".attention.key_length",
          "an even number up to " + ModelConfig.MAX_HEAD_SIZE + " or heads that leave one");
    }
    int values =
        fields.optionalInteger(prefix + ".attention.value_length", 1, MAX).orElse(headSize);
    if (values != headSize) {
      throw unsupported(fields, prefix + ".attention.value_length", String.valueOf(headSize));
    }
    // the embedding's shape decides, but a number out of range still means a damaged file
    fields.optionalInteger(prefix + ".vocab_size", 1, ModelConfig.MAX_VOCABULARY);
    int window = fields.optionalInteger(prefix + ".attention.sliding_window", 0, MAX).orElse(0);
    int context = fields.integer(prefix + ".context_length", 1, ModelConfig.MAX_CONTEXT);
    Rope rope = GgufRope.read(file, layout, headSize, context);
    try {
      ModelConfig.Builder builder =
          ModelConfig.builder(layout.modelled(window > 0))
              .hiddenSize(hidden)
              .intermediateSize(
                  fields.integer(prefix + ".feed_forward_length", 1, ModelConfig.MAX_INTERMEDIATE))
              .layers(fields.integer(prefix + ".block_count", 1, ModelConfig.MAX_LAYERS))
              .heads(
                  heads,
                  keyValueHeads(fields, prefix + ".attention.head_count_kv", heads),
                  headSize)
              .vocabularySize(vocabularySize(file))
              .contextLength(context)
              .normEpsilon(epsilon(fields, prefix + layout.epsilonKey()))
              .activation(layout.activation())
              .ropeTheta(rope.theta())
              .rotarySize(rope.rotarySize())
              .ropeScaling(rope.scaling())
              .biases(biases(file))
              .tiedEmbeddings(!file.names().contains(GgufLayout.HEAD));
      if (window > 0) {
        builder.slidingWindow(new SlidingWindow(window, 0));
      }
      return builder.build();
    } catch (IllegalArgumentException e) {
      throw new InvalidDataException(fields.file() + ": " + e.getMessage(), e);
    }
  }

  private static int keyValueHeads(JsonView fields, String key, int heads) {
    int count = fields.optionalInteger(key, 1, heads).orElse(heads);
    if (heads % count != 0) {
      throw fields.invalid(key, "a divisor of the " + heads + " heads");
    }
    return count;
  }

  private static double epsilon(JsonView fields, String key) {
    double value = fields.number(key);
    if (!(value >= 0 && value < 1)) {
      throw fields.invalid(key, "a number from 0 to below 1");
    }
    return value;
  }

  private static Set<TargetModule> biases(GgufFile file) {
    EnumSet<TargetModule> biases = EnumSet.noneOf(TargetModule.class);
    Map<TargetModule, List<String>> names =
        Map.of(
            TargetModule.Q, List.of("attn_q", "attn_qkv"),
            TargetModule.K, List.of("attn_k", "attn_qkv"),
            TargetModule.V, List.of("attn_v", "attn_qkv"),
            TargetModule.O, List.of("attn_output"),
            TargetModule.GATE, List.of("ffn_gate"),
            TargetModule.UP, List.of("ffn_up"),
            TargetModule.DOWN, List.of("ffn_down"));
    names.forEach(
        (role, parts) -> {
          if (parts.stream().anyMatch(p -> file.names().contains("blk.0." + p + ".bias"))) {
            biases.add(role);
          }
        });
    return biases;
  }

  private static int vocabularySize(GgufFile file) {
    List<Long> embedding = file.info(GgufLayout.EMBEDDING).shape();
    if (embedding.size() != 2
        || embedding.get(0) < 1
        || embedding.get(0) > ModelConfig.MAX_VOCABULARY) {
      throw new InvalidDataException(
          file.path()
              + ": tensor "
              + GgufLayout.EMBEDDING
              + " has shape "
              + embedding
              + ", expected (vocabulary up to "
              + ModelConfig.MAX_VOCABULARY
              + ", hidden)");
    }
    return embedding.get(0).intValue();
  }

  /**
   * Returns the metadata under the architecture's keys, with values that GgufWriter takes.
   *
   * @throws UnsupportedModelException naming what GGUF files cannot express
   */
  public static Map<String, Object> metadata(ModelConfig config) {
    GgufLayout layout = GgufLayout.of(config.architecture());
    String prefix = layout.architecture();
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put(prefix + ".vocab_size", config.vocabularySize());
    fields.put(prefix + ".context_length", config.contextLength());
    fields.put(prefix + ".embedding_length", config.hiddenSize());
    fields.put(prefix + ".block_count", config.layers());
    fields.put(prefix + ".feed_forward_length", config.intermediateSize());
    fields.put(prefix + ".attention.head_count", config.heads());
    fields.put(prefix + ".attention.head_count_kv", config.keyValueHeads());
    fields.put(prefix + ".attention.key_length", config.headSize());
    fields.put(prefix + ".attention.value_length", config.headSize());
    fields.put(prefix + layout.epsilonKey(), (float) config.normEpsilon());
    config
        .slidingWindow()
        .ifPresent(
            window -> {
              if (window.firstLayer() > 0) {
                throw new UnsupportedModelException(
                    "a sliding window from layer "
                        + window.firstLayer()
                        + " on: GGUF files can express it for all layers or none");
              }
              // llama.cpp ignores it for these architectures, other readers may not
              fields.put(prefix + ".attention.sliding_window", window.size());
            });
    fields.putAll(GgufRope.metadata(config, layout));
    return fields;
  }

  static UnsupportedModelException unsupported(JsonView fields, String key, String known) {
    return new UnsupportedModelException(
        fields.file()
            + ": "
            + key
            + " is "
            + fields.value(key)
            + ", only "
            + known
            + " is supported");
  }
}
