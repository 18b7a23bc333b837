package io.telecomllm.model.files;

import io.telecomllm.InvalidDataException;
import io.telecomllm.UnsupportedModelException;
import io.telecomllm.json.JsonView;
import io.telecomllm.model.Architecture;
import io.telecomllm.model.ModelConfig;
import io.telecomllm.model.Rope;
import io.telecomllm.model.RopeScaling;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Converts the settings of the rotary embedding from and to config.json. There are two forms: newer
 * files have everything in {@code rope_parameters}, published ones have {@code rope_theta} and
 * {@code rope_scaling}.
 */
final class RopeJson {
  private static final double DEFAULT_THETA = 10_000;
  private static final String ORIGINAL = "original_max_position_embeddings";
  private static final String PARAMETERS = "rope_parameters";
  private static final String SCALING = "rope_scaling";
  private static final String THETA = "rope_theta";
  private static final String PARTIAL = "partial_rotary_factor";

  private RopeJson() {}

  /**
   * Reads the rotary embedding's settings.
   *
   * @param partial {@code partial_rotary_factor} if the file does not have it
   * @param context {@code max_position_embeddings}
   */
  static Rope read(JsonView json, int headSize, double partial, int context) {
    // transformers 5 reads rope_scaling where a file has both
    Optional<JsonView> scaled =
        json.optionalObject(SCALING).filter(view -> !view.names().isEmpty());
    Optional<JsonView> parameters = scaled.or(() -> json.optionalObject(PARAMETERS));
    double theta = holder(parameters, json, THETA).optionalNumber(THETA).orElse(DEFAULT_THETA);
    if (!Rope.isTheta(theta)) {
      throw holder(parameters, json, THETA).invalid(THETA, "a number over 1 and at most 1e30");
    }
    int size = rotarySize(holder(parameters, json, PARTIAL), headSize, partial);
    try {
      RopeScaling scaling =
          parameters.map(rope -> scaling(rope, json, context)).orElse(RopeScaling.none());
      return new Rope(theta, size, scaling);
    } catch (IllegalArgumentException e) {
      String section = scaled.isPresent() ? SCALING : PARAMETERS;
      throw new InvalidDataException(json.file() + ", field " + section + ": " + e.getMessage(), e);
    }
  }

  private static int rotarySize(JsonView json, int headSize, double otherwise) {
    double share = json.optionalNumber(PARTIAL).orElse(otherwise);
    if (!(share > 0 && share <= 1)) {
      throw json.invalid(PARTIAL, "a number over 0 and at most 1");
    }
    int size = (int) (headSize * share);
    if (size < 2 || size % 2 != 0) {
      throw json.invalid(
          PARTIAL,
          "a share of head_dim "
              + headSize
              + " that is even and over 0, not "
              + size
              + " features");
    }
    return size;
  }

  /** Returns the parameters, or the object around them if they lack the field. */
  private static JsonView holder(Optional<JsonView> parameters, JsonView json, String field) {
    return parameters.filter(rope -> rope.has(field)).orElse(json);
  }

  private static RopeScaling scaling(JsonView rope, JsonView json, int context) {
    String type =
        rope.optionalString("rope_type").or(() -> rope.optionalString("type")).orElse("default");
    boolean phi3 = json.string("model_type").equals(Architecture.PHI3.modelType());
    if (phi3 && (type.equals("su") || type.equals("yarn"))) {
      type = "longrope"; // the name in Phi-3's first releases
    }
    return switch (type) {
      case "default" -> RopeScaling.none();
      case "linear" -> RopeScaling.linear(rope.number("factor"));
      case "dynamic" -> RopeScaling.dynamic(rope.number("factor"), context);
      case "llama3" ->
          new RopeScaling.Llama3(
              rope.number("factor"),
              rope.number("low_freq_factor"),
              rope.number("high_freq_factor"),
              original(rope, json, context));
      case "yarn" -> yarn(rope, original(rope, json, context));
      case "longrope" -> longRope(rope, original(rope, json, context), context);
      default ->
          throw new UnsupportedModelException(
              rope.file()
                  + ": rope_type is "
                  + type
                  + ", supported are default, linear, dynamic, llama3, yarn, longrope");
    };
  }

  private static int original(JsonView rope, JsonView json, int context) {
    int most = ModelConfig.MAX_CONTEXT;
    return json.optionalInteger(ORIGINAL, 1, most)
        .orElseGet(() -> rope.optionalInteger(ORIGINAL, 1, most).orElse(context));
  }

  private static RopeScaling yarn(JsonView rope, int original) {
    double factor = rope.number("factor");
    double attention = RopeScaling.Yarn.attentionFactor(factor);
    double numerator = rope.optionalNumber("mscale").orElse(0);
    double denominator = rope.optionalNumber("mscale_all_dim").orElse(0);
    if (numerator != 0 && denominator != 0 && factor > 1) {
      attention =
          (0.1 * numerator * Math.log(factor) + 1) / (0.1 * denominator * Math.log(factor) + 1);
    }
    return new RopeScaling.Yarn(
        factor,
        original,
        rope.optionalNumber("attention_factor").orElse(attention),
        rope.optionalNumber("beta_fast").orElse(RopeScaling.Yarn.BETA_FAST),
        rope.optionalNumber("beta_slow").orElse(RopeScaling.Yarn.BETA_SLOW),
        rope.bool("truncate", true));
  }

  private static RopeScaling longRope(JsonView rope, int original, int context) {
    double factor = rope.optionalNumber("factor").orElse((double) context / original);
    return new RopeScaling.LongRope(
        rope.numbers("short_factor"),
        rope.numbers("long_factor"),
        original,
        rope.optionalNumber("attention_factor")
            .orElse(RopeScaling.LongRope.attentionFactor(factor, original)));
  }

  /** Returns the number of positions that a model can use if its file says {@code stored}. */
  static int extended(int stored, Rope rope) {
    // with dynamic scaling the file has the length from which scaling starts
    return rope.scaling() instanceof RopeScaling.Dynamic dynamic
        ? dynamic.extended(stored)
        : stored;
  }

  /** Returns the number of positions to store in the file; the inverse of {@link #extended}. */
  static int stored(int context, Rope rope) {
    return rope.scaling() instanceof RopeScaling.Dynamic dynamic ? dynamic.original() : context;
  }

  /** Adds the fields, in the form of published checkpoints, which every reader knows. */
  static void write(ModelConfig config, Map<String, Object> json) {
    Rope rope = config.rope();
    json.put(THETA, rope.theta());
    json.put(PARTIAL, share(rope.rotarySize(), config.headSize()));
    Map<String, Object> scaling = scaling(rope.scaling());
    json.put(SCALING, scaling.isEmpty() ? null : scaling);
    if (config.architecture() == Architecture.PHI3) {
      json.put(ORIGINAL, scaling.getOrDefault(ORIGINAL, config.contextLength()));
    }
  }

  /**
   * Returns the share of rotated features; never just under the exact quotient, since readers round
   * the product down.
   */
  private static double share(int rotarySize, int headSize) {
    double share = (double) rotarySize / headSize;
    return (int) (headSize * share) < rotarySize ? Math.nextUp(share) : share;
  }

  private static Map<String, Object> scaling(RopeScaling scaling) {
    Map<String, Object> json = new LinkedHashMap<>();
    if (scaling instanceof RopeScaling.Linear linear) {
      json.put("rope_type", "linear");
      json.put("factor", linear.factor());
    } else if (scaling instanceof RopeScaling.Dynamic dynamic) {
      json.put("rope_type", "dynamic");
      json.put("factor", dynamic.factor());
    } else if (scaling instanceof RopeScaling.Llama3 llama) {
      json.put("rope_type", "llama3");
      json.put("factor", llama.factor());
      json.put("low_freq_factor", llama.lowFrequency());
      json.put("high_freq_factor", llama.highFrequency());
      json.put(ORIGINAL, llama.original());
    } else if (scaling instanceof RopeScaling.Yarn yarn) {
      json.put("rope_type", "yarn");
      json.put("factor", yarn.factor());
      json.put(ORIGINAL, yarn.original());
      json.put("attention_factor", yarn.attentionFactor());
      json.put("beta_fast", yarn.betaFast());
      json.put("beta_slow", yarn.betaSlow());
      json.put("truncate", yarn.truncate());
    } else if (scaling instanceof RopeScaling.LongRope longRope) {
      json.put("rope_type", "longrope");
      json.put("short_factor", List.copyOf(longRope.shortFactor()));
      json.put("long_factor", List.copyOf(longRope.longFactor()));
      json.put(ORIGINAL, longRope.original());
      json.put("attention_factor", longRope.attentionFactor());
    }
    return json;
  }
}
