package io.telecomllm.model;

import io.telecomllm.InvalidDataException;
import io.telecomllm.UnsupportedModelException;
import io.telecomllm.weights.GgufFile;
import io.telecomllm.weights.JsonView;
import java.util.Optional;

/** Reads a {@link ModelConfig} from config.json or from the metadata of a GGUF file. */
final class ModelConfigs {
  private static final int MAX = Integer.MAX_VALUE;
  private static final double DEFAULT_THETA = 10_000;

  private ModelConfigs() {}

  static ModelConfig fromJson(JsonView json) {
    Architecture architecture = architecture(json.file(), json.string("model_type"));
    refuseUnless(json, "hidden_act", json.optionalString("hidden_act").orElse("silu"), "silu");
    for (String bias : new String[] {"attention_bias", "mlp_bias"}) {
      refuseUnless(json, bias, String.valueOf(json.bool(bias, false)), "false");
    }
    double partial = json.optionalNumber("partial_rotary_factor").orElse(1);
    refuseUnless(json, "partial_rotary_factor", String.valueOf(partial), "1.0");
    int hidden = json.integer("hidden_size", 1, MAX);
    int heads = json.integer("num_attention_heads", 1, MAX);
    int context = json.integer("max_position_embeddings", 1, MAX);
    // within the window a sliding window changes nothing, so the context ends there
    int window = json.optionalInteger("sliding_window", 1, MAX).orElse(MAX);
    return checked(
        json.file(),
        architecture,
        hidden,
        json.integer("intermediate_size", 1, MAX),
        json.integer("num_hidden_layers", 1, MAX),
        heads,
        json.optionalInteger("num_key_value_heads", 1, MAX).orElse(heads),
        json.optionalInteger("head_dim", 1, MAX).orElse(hidden / heads),
        json.integer("vocab_size", 1, MAX),
        Math.min(context, window),
        json.number("rms_norm_eps"),
        ropeTheta(json),
        json.bool("tie_word_embeddings", false));
  }

  /**
   * {@code rope_parameters} is the new form; published checkpoints have theta and scaling apart.
   */
  private static double ropeTheta(JsonView json) {
    Optional<JsonView> parameters =
        json.optionalObject("rope_parameters").or(() -> json.optionalObject("rope_scaling"));
    parameters.ifPresent(
        rope -> {
          String type =
              rope.optionalString("rope_type")
                  .or(() -> rope.optionalString("type"))
                  .orElse("default");
          refuseUnless(rope, "rope_type", type, "default");
          double partial = rope.optionalNumber("partial_rotary_factor").orElse(1);
          refuseUnless(rope, "partial_rotary_factor", String.valueOf(partial), "1.0");
        });
    return parameters
        .filter(rope -> rope.has("rope_theta"))
        .map(rope -> rope.number("rope_theta"))
        .orElseGet(() -> json.optionalNumber("rope_theta").orElse(DEFAULT_THETA));
  }

  static ModelConfig fromGguf(GgufFile file) {
    JsonView fields = file.fields();
    String name = fields.string("general.architecture");
    if (!name.equals("llama")) {
      throw new UnsupportedModelException(
          fields.file() + ": general.architecture is " + name + ", only llama is supported");
    }
    String scaling = fields.optionalString("llama.rope.scaling.type").orElse("none");
    refuseUnless(fields, "llama.rope.scaling.type", scaling, "none");
    int hidden = fields.integer("llama.embedding_length", 1, MAX);
    int heads = fields.integer("llama.attention.head_count", 1, MAX);
    int headSize =
        fields.optionalInteger("llama.rope.dimension_count", 1, MAX).orElse(hidden / heads);
    boolean tied = !file.names().contains("output.weight");
    return checked(
        fields.file(),
        Architecture.LLAMA,
        hidden,
        fields.integer("llama.feed_forward_length", 1, MAX),
        fields.integer("llama.block_count", 1, MAX),
        heads,
        fields.optionalInteger("llama.attention.head_count_kv", 1, MAX).orElse(heads),
        headSize,
        Math.toIntExact(file.info("token_embd.weight").shape().get(0)),
        fields.integer("llama.context_length", 1, MAX),
        fields.number("llama.attention.layer_norm_rms_epsilon"),
        fields.optionalNumber("llama.rope.freq_base").orElse(DEFAULT_THETA),
        tied);
  }

  private static ModelConfig checked(
      String file,
      Architecture architecture,
      int hidden,
      int intermediate,
      int layers,
      int heads,
      int keyValueHeads,
      int headSize,
      int vocabulary,
      int context,
      double epsilon,
      double theta,
      boolean tied) {
    try {
      return new ModelConfig(
          architecture,
          hidden,
          intermediate,
          layers,
          heads,
          keyValueHeads,
          headSize,
          vocabulary,
          context,
          epsilon,
          theta,
          tied);
    } catch (IllegalArgumentException e) {
      throw new InvalidDataException(file + ": " + e.getMessage(), e);
    }
  }

  private static Architecture architecture(String file, String modelType) {
    return switch (modelType) {
      case "phi3" -> Architecture.PHI3;
      case "llama" -> Architecture.LLAMA;
      default ->
          throw new UnsupportedModelException(
              file + ": model_type is " + modelType + ", supported are phi3 and llama");
    };
  }

  private static void refuseUnless(JsonView json, String field, String found, String supported) {
    if (!found.equals(supported)) {
      throw new UnsupportedModelException(
          json.file() + ": " + field + " is " + found + ", only " + supported + " is supported");
    }
  }
}
