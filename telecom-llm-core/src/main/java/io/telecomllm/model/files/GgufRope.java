package io.telecomllm.model.files;

import io.telecomllm.Internal;
import io.telecomllm.InvalidDataException;
import io.telecomllm.UnsupportedModelException;
import io.telecomllm.json.JsonView;
import io.telecomllm.model.Architecture;
import io.telecomllm.model.ModelConfig;
import io.telecomllm.model.Rope;
import io.telecomllm.model.RopeScaling;
import io.telecomllm.weights.GgufFile;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Converts the settings of the rotary embedding from and to a GGUF file. Divisors of single
 * frequencies (LLaMA 3, LongRoPE) are tensors there, everything else is metadata.
 */
@Internal
public final class GgufRope {
  private GgufRope() {}

  static Rope read(GgufFile file, GgufLayout layout, int headSize, int context) {
    JsonView fields = file.fields();
    String prefix = layout.architecture() + ".rope.";
    double theta = fields.optionalNumber(prefix + "freq_base").orElse(10_000);
    if (!Rope.isTheta(theta)) {
      throw fields.invalid(prefix + "freq_base", "a number over 1 and at most 1e30");
    }
    int size = fields.optionalInteger(prefix + "dimension_count", 1, headSize).orElse(headSize);
    if (size % 2 != 0) {
      throw fields.invalid(prefix + "dimension_count", "an even number");
    }
    try {
      return new Rope(theta, size, scaling(file, prefix, size, context));
    } catch (IllegalArgumentException e) {
      throw new InvalidDataException(
          fields.file() + ", field " + prefix + "scaling: " + e.getMessage(), e);
    }
  }

  private static RopeScaling scaling(GgufFile file, String prefix, int size, int context) {
    JsonView fields = file.fields();
    String scaling = prefix + "scaling.";
    int original =
        fields
            .optionalInteger(scaling + "original_context_length", 1, ModelConfig.MAX_CONTEXT)
            .orElse(context);
    double attention = fields.optionalNumber(scaling + "attn_factor").orElse(1);
    if (file.names().contains(GgufLayout.ROPE_LONG)) {
      List<Double> near = divisors(file, GgufLayout.ROPE_SHORT, size);
      List<Double> far = divisors(file, GgufLayout.ROPE_LONG, size);
      return new RopeScaling.LongRope(near, far, original, attention);
    }
    if (file.names().contains(GgufLayout.ROPE_DIVISORS)) {
      List<Double> divisors = divisors(file, GgufLayout.ROPE_DIVISORS, size);
      return new RopeScaling.LongRope(divisors, divisors, context, 1);
    }
    // llama.cpp's defaults for a file that names no type; scale_linear is the key in old files
    String type = fields.optionalString(scaling + "type").orElse("linear");
    double stored =
        fields
            .optionalNumber(scaling + "factor")
            .orElseGet(() -> fields.optionalNumber(prefix + "scale_linear").orElse(1));
    double factor = stored == 0 ? 1 : stored;
    if (factor < 0) {
      throw fields.invalid(scaling + "factor", "a number over 0");
    }
    return switch (type) {
      case "none", "longrope" -> RopeScaling.none();
      case "linear" -> factor == 1 ? RopeScaling.none() : RopeScaling.linear(factor);
      case "yarn" ->
          new RopeScaling.Yarn(
              factor,
              original,
              attention * RopeScaling.Yarn.attentionFactor(factor),
              fields.optionalNumber(scaling + "yarn_beta_fast").orElse(RopeScaling.Yarn.BETA_FAST),
              fields.optionalNumber(scaling + "yarn_beta_slow").orElse(RopeScaling.Yarn.BETA_SLOW),
              true);
      default ->
          throw GgufConfig.unsupported(fields, scaling + "type", "none, linear, yarn or longrope");
    };
  }

  private static List<Double> divisors(GgufFile file, String name, int rotarySize) {
    List<Long> expected = List.of((long) rotarySize / 2);
    List<Long> found = file.info(name).shape();
    if (!found.equals(expected)) {
      throw new InvalidDataException(
          file.path() + ": tensor " + name + " has shape " + found + ", expected " + expected);
    }
    FloatBuffer values = FloatBuffer.allocate(rotarySize / 2);
    file.readFloats(name, values);
    List<Double> divisors = new ArrayList<>();
    for (float value : values.array()) {
      if (!(value > 0 && value <= RopeScaling.LongRope.MAX_DIVISOR)) {
        throw new InvalidDataException(
            file.path()
                + ": tensor "
                + name
                + " holds "
                + value
                + ", expected numbers over 0 and at most 1e6");
      }
      divisors.add((double) value);
    }
    return divisors;
  }

  static Map<String, Object> metadata(ModelConfig config, GgufLayout layout) {
    Map<String, Object> fields = new LinkedHashMap<>();
    String prefix = layout.architecture() + ".rope.";
    String scaling = prefix + "scaling.";
    RopeScaling form = config.rope().scaling();
    fields.put(prefix + "dimension_count", config.rope().rotarySize());
    fields.put(prefix + "freq_base", (float) config.rope().theta());
    if (layout == GgufLayout.PHI3) {
      // llama.cpp requires it for every Phi-3
      fields.put(scaling + "original_context_length", config.contextLength());
    }
    if (form instanceof RopeScaling.Linear linear) {
      fields.put(scaling + "type", "linear");
      fields.put(scaling + "factor", (float) linear.factor());
    } else if (form instanceof RopeScaling.Yarn yarn) {
      yarn(yarn, scaling, fields);
    } else if (form instanceof RopeScaling.LongRope longRope && layout == GgufLayout.PHI3) {
      fields.put(scaling + "type", "longrope");
      fields.put(scaling + "original_context_length", longRope.original());
      attention(longRope.attentionFactor(), scaling, fields);
    } else if (form instanceof RopeScaling.Dynamic) {
      throw new UnsupportedModelException("GGUF files cannot express dynamic NTK scaling");
    }
    return fields;
  }

  private static void yarn(RopeScaling.Yarn yarn, String scaling, Map<String, Object> fields) {
    if (yarn.betaFast() != RopeScaling.Yarn.BETA_FAST
        || yarn.betaSlow() != RopeScaling.Yarn.BETA_SLOW
        || !yarn.truncate()) {
      throw new UnsupportedModelException(
          "YaRN with beta_fast "
              + yarn.betaFast()
              + ", beta_slow "
              + yarn.betaSlow()
              + " and truncate "
              + yarn.truncate()
              + ": llama.cpp has fixed values of 32, 1 and true");
    }
    fields.put(scaling + "type", "yarn");
    fields.put(scaling + "factor", (float) yarn.factor());
    fields.put(scaling + "original_context_length", yarn.original());
    attention(
        yarn.attentionFactor() / RopeScaling.Yarn.attentionFactor(yarn.factor()), scaling, fields);
  }

  private static void attention(double factor, String scaling, Map<String, Object> fields) {
    if ((float) factor != 1) {
      fields.put(scaling + "attn_factor", (float) factor);
    }
  }

  /**
   * Returns the tensors of the rotary embedding by their names in the file; most models have none.
   */
  public static Map<String, List<Float>> tensors(ModelConfig config) {
    RopeScaling form = config.rope().scaling();
    boolean phi3 = config.architecture() == Architecture.PHI3;
    Map<String, List<Float>> tensors = new LinkedHashMap<>();
    if (form instanceof RopeScaling.LongRope && phi3) {
      tensors.put(GgufLayout.ROPE_LONG, divisors(config.rope(), 1));
      tensors.put(GgufLayout.ROPE_SHORT, divisors(config.rope(), 0));
    } else if (form instanceof RopeScaling.LongRope longRope) {
      if (!longRope.shortFactor().equals(longRope.longFactor())
          || longRope.attentionFactor() != 1) {
        throw new UnsupportedModelException(
            "LongRoPE: GGUF files can express it for phi3 only, not for "
                + config.architecture().modelType());
      }
      tensors.put(GgufLayout.ROPE_DIVISORS, divisors(config.rope(), 0));
    } else if (form instanceof RopeScaling.Llama3) {
      tensors.put(GgufLayout.ROPE_DIVISORS, divisors(config.rope(), 0));
    }
    return tensors;
  }

  /** Returns the divisor of each unscaled frequency; (rotated features / 2). */
  private static List<Float> divisors(Rope rope, int regime) {
    float[] plain = Rope.inverses(Rope.periods(rope.theta(), rope.rotarySize()));
    float[] scaled = rope.frequencies(regime);
    List<Float> divisors = new ArrayList<>();
    for (int i = 0; i < plain.length; i++) {
      divisors.add(plain[i] / scaled[i]);
    }
    return divisors;
  }
}
