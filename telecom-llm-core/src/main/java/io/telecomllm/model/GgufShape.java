package io.telecomllm.model;

import com.google.common.collect.ImmutableMap;
import com.google.common.primitives.Floats;
import io.telecomllm.InvalidDataException;
import io.telecomllm.UnsupportedModelException;
import io.telecomllm.weights.GgufFile;
import io.telecomllm.weights.JsonView;
import java.nio.FloatBuffer;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;

/**
 * The shape of a decoder in the words of a GGUF file's metadata, to be written and read.
 *
 * @param layout the architecture
 * @param contextLength the most positions
 * @param hiddenSize features of a row
 * @param layers the number of layers
 * @param intermediateSize features inside the feed-forward
 * @param heads of queries
 * @param keyValueHeads of keys and values
 * @param headSize features of a head
 * @param vocabularySize rows of the embedding
 * @param normEpsilon of its norms
 * @param rope the rotary embedding
 * @param slidingWindow how far attention looks back, in all layers; llama.cpp does not heed it for
 *     these architectures
 */
record GgufShape(
    GgufLayout layout,
    int contextLength,
    int hiddenSize,
    int layers,
    int intermediateSize,
    int heads,
    int keyValueHeads,
    int headSize,
    int vocabularySize,
    double normEpsilon,
    GgufRope rope,
    OptionalInt slidingWindow) {
  private static final int MAX = Integer.MAX_VALUE;

  /** Settings of models built otherwise than the ones that this library runs. */
  private static final List<String> FOREIGN =
      List.of(".expert_count", ".attention.max_alibi_bias", ".attention.clamp_kqv");

  /**
   * The metadata under the architecture's keys, as GgufWriter takes them.
   *
   * @throws UnsupportedModelException if llama.cpp would rotate otherwise: it heeds no YaRN bounds
   */
  Map<String, Object> metadata() {
    if (rope.betaFast() != GgufRope.BETA_FAST || rope.betaSlow() != GgufRope.BETA_SLOW) {
      throw new UnsupportedModelException(
          "YaRN with beta_fast "
              + rope.betaFast()
              + " and beta_slow "
              + rope.betaSlow()
              + ": llama.cpp has 32 and 1 for all models");
    }
    Map<String, Object> fields = new LinkedHashMap<>();
    String prefix = layout.architecture();
    fields.put(prefix + ".vocab_size", vocabularySize);
    fields.put(prefix + ".context_length", contextLength);
    fields.put(prefix + ".embedding_length", hiddenSize);
    fields.put(prefix + ".block_count", layers);
    fields.put(prefix + ".feed_forward_length", intermediateSize);
    fields.put(prefix + ".attention.head_count", heads);
    fields.put(prefix + ".attention.head_count_kv", keyValueHeads);
    fields.put(prefix + ".attention.key_length", headSize);
    fields.put(prefix + ".attention.value_length", headSize);
    fields.put(prefix + layout.epsilonKey(), (float) normEpsilon);
    slidingWindow.ifPresent(size -> fields.put(prefix + ".attention.sliding_window", size));
    String ropePrefix = prefix + ".rope.";
    fields.put(ropePrefix + "dimension_count", rope.rotarySize());
    fields.put(ropePrefix + "freq_base", (float) rope.theta());
    String scaling = ropePrefix + "scaling.";
    int original = rope.original() == 0 ? contextLength : rope.original();
    if (layout == GgufLayout.PHI3 || rope.original() != 0) {
      fields.put(scaling + "original_context_length", original);
    }
    if (!rope.scaling().equals("none")) {
      fields.put(scaling + "type", rope.scaling());
    }
    if (rope.factor() != 1) {
      fields.put(scaling + "factor", (float) rope.factor());
    }
    boolean yarn = rope.scaling().equals("yarn");
    double own = yarn ? GgufRope.yarnFactor(rope.factor()) : 1;
    if ((float) (rope.attentionFactor() / own) != 1) {
      fields.put(scaling + "attn_factor", (float) (rope.attentionFactor() / own));
    }
    return fields;
  }

  /** The tensors of the rotary embedding by their names in the file; most models have none. */
  Map<String, List<Float>> ropeTensors() {
    if (rope.shortDivisors().isEmpty()) {
      return ImmutableMap.of();
    }
    if (layout == GgufLayout.PHI3) {
      return ImmutableMap.of(
          GgufLayout.ROPE_LONG, rope.longDivisors(), GgufLayout.ROPE_SHORT, rope.shortDivisors());
    }
    if (!rope.shortDivisors().equals(rope.longDivisors())) {
      throw new UnsupportedModelException(
          "LongRoPE: GGUF files have it for phi3, not for " + layout.architecture());
    }
    return ImmutableMap.of(GgufLayout.ROPE_DIVISORS, rope.shortDivisors());
  }

  /**
   * Reads it from a file.
   *
   * @throws UnsupportedModelException naming the setting that no decoder here can do
   * @throws InvalidDataException naming the field or tensor that is absent or out of range
   */
  static GgufShape read(GgufFile file) {
    JsonView fields = file.fields();
    GgufLayout layout = GgufLayout.of(fields.file(), fields.string("general.architecture"));
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
    int hidden = fields.integer(prefix + ".embedding_length", 1, MAX);
    int heads = fields.integer(prefix + ".attention.head_count", 1, MAX);
    if (hidden < heads) {
      throw fields.invalid(prefix + ".attention.head_count", "at most " + hidden);
    }
    int headSize =
        fields.optionalInteger(prefix + ".attention.key_length", 1, MAX).orElse(hidden / heads);
    int values =
        fields.optionalInteger(prefix + ".attention.value_length", 1, MAX).orElse(headSize);
    if (values != headSize) {
      throw unsupported(fields, prefix + ".attention.value_length", String.valueOf(headSize));
    }
    int window = fields.optionalInteger(prefix + ".attention.sliding_window", 0, MAX).orElse(0);
    return new GgufShape(
        layout,
        fields.integer(prefix + ".context_length", 1, MAX),
        hidden,
        fields.integer(prefix + ".block_count", 1, MAX),
        fields.integer(prefix + ".feed_forward_length", 1, MAX),
        heads,
        fields.optionalInteger(prefix + ".attention.head_count_kv", 1, MAX).orElse(heads),
        headSize,
        vocabularySize(file),
        fields.number(prefix + layout.epsilonKey()),
        readRope(file, layout, headSize),
        window == 0 ? OptionalInt.empty() : OptionalInt.of(window));
  }

  private static int vocabularySize(GgufFile file) {
    List<Long> embedding = file.info(GgufLayout.EMBEDDING).shape();
    if (embedding.size() != 2 || embedding.get(0) > MAX) {
      throw new InvalidDataException(
          file.path()
              + ": tensor "
              + GgufLayout.EMBEDDING
              + " has shape "
              + embedding
              + ", expected (vocabulary, hidden)");
    }
    return embedding.get(0).intValue();
  }

  private static GgufRope readRope(GgufFile file, GgufLayout layout, int headSize) {
    JsonView fields = file.fields();
    String prefix = layout.architecture() + ".rope.";
    double theta = fields.optionalNumber(prefix + "freq_base").orElse(10_000);
    int size = fields.optionalInteger(prefix + "dimension_count", 1, headSize).orElse(headSize);
    String scaling = prefix + "scaling.";
    int original = fields.optionalInteger(scaling + "original_context_length", 1, MAX).orElse(0);
    double attention = fields.optionalNumber(scaling + "attn_factor").orElse(1);
    if (file.names().contains(GgufLayout.ROPE_LONG)) {
      List<Float> far = divisors(file, GgufLayout.ROPE_LONG, size);
      List<Float> near = divisors(file, GgufLayout.ROPE_SHORT, size);
      int context = fields.integer(layout.architecture() + ".context_length", 1, MAX);
      return GgufRope.longRope(
          theta, size, original == 0 ? context : original, attention, near, far);
    }
    if (file.names().contains(GgufLayout.ROPE_DIVISORS)) {
      return GgufRope.divided(theta, size, divisors(file, GgufLayout.ROPE_DIVISORS, size));
    }
    // what llama.cpp takes a file to mean that names no type; the last is the key of old files
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
      case "none", "longrope" -> GgufRope.plain(theta, size);
      case "linear" -> GgufRope.linear(theta, size, factor);
      case "yarn" ->
          GgufRope.yarn(
              theta,
              size,
              factor,
              original == 0
                  ? fields.integer(layout.architecture() + ".context_length", 1, MAX)
                  : original,
              attention * GgufRope.yarnFactor(factor),
              fields.optionalNumber(scaling + "yarn_beta_fast").orElse(GgufRope.BETA_FAST),
              fields.optionalNumber(scaling + "yarn_beta_slow").orElse(GgufRope.BETA_SLOW));
      default -> throw unsupported(fields, scaling + "type", "none, linear, yarn or longrope");
    };
  }

  private static List<Float> divisors(GgufFile file, String name, int rotarySize) {
    List<Long> expected = List.of((long) rotarySize / 2);
    List<Long> found = file.info(name).shape();
    if (!found.equals(expected)) {
      throw new InvalidDataException(
          file.path() + ": tensor " + name + " has shape " + found + ", expected " + expected);
    }
    FloatBuffer values = FloatBuffer.allocate(rotarySize / 2);
    file.readFloats(name, values);
    for (float value : values.array()) {
      if (!(value > 0) || value == Float.POSITIVE_INFINITY) {
        throw new InvalidDataException(
            file.path() + ": tensor " + name + " holds " + value + ", expected numbers over 0");
      }
    }
    return Floats.asList(values.array());
  }

  private static UnsupportedModelException unsupported(JsonView fields, String key, String known) {
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
