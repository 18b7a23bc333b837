package io.telecomllm.embedding;

import com.google.common.hash.Hasher;
import io.telecomllm.InvalidDataException;
import io.telecomllm.embedding.EncoderLayer.Affine;
import io.telecomllm.embedding.EncoderLayer.LayerNorm;
import io.telecomllm.tensor.DataType;
import io.telecomllm.tensor.Operators;
import io.telecomllm.tensor.Scope;
import io.telecomllm.tensor.Tensor;
import io.telecomllm.weights.TensorInfo;
import io.telecomllm.weights.TensorSource;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.LongStream;

/** Reads the weights of an encoder by Hugging Face's names, and adds each to a digest. */
final class EncoderReader {
  // a model with a head on top has the encoder's tensors below this name
  private static final String BELOW_HEAD = "bert.";

  private final TensorSource source;
  private final EncoderConfig config;
  private final DataType type;
  private final Scope scope;
  private final Hasher digest;
  private final String prefix;

  /**
   * Creates a reader.
   *
   * @param type the compute type
   * @param scope what owns the weights
   * @param digest the values of every tensor are added to it, in fp32
   */
  EncoderReader(
      TensorSource source, EncoderConfig config, DataType type, Scope scope, Hasher digest) {
    this.source = source;
    this.config = config;
    this.type = type;
    this.scope = scope;
    this.digest = digest;
    String probe = "embeddings.word_embeddings.weight";
    this.prefix =
        !source.names().contains(probe) && source.names().contains(BELOW_HEAD + probe)
            ? BELOW_HEAD
            : "";
  }

  /**
   * Reads the network.
   *
   * @throws InvalidDataException naming the tensor that is missing, has another shape or holds
   *     something else than finite numbers
   */
  Encoder read() {
    int hidden = config.hidden();
    Tensor words = inType("embeddings.word_embeddings.weight", config.vocabulary(), hidden);
    Tensor positions;
    try (Scope work = scope.child()) {
      Tensor own =
          floats(work, "embeddings.position_embeddings.weight", config.positions(), hidden);
      Tensor types =
          floats(work, "embeddings.token_type_embeddings.weight", config.types(), hidden);
      // a text alone has token type 0 everywhere
      Operators ops = work.operators();
      positions = scope.adopt(ops.add(own, ops.narrow(types, 0, 0, 1)));
    }
    LayerNorm norm = norm("embeddings.LayerNorm");
    List<EncoderLayer> layers =
        IntStream.range(0, config.layers())
            .mapToObj(i -> layer("encoder.layer." + i + "."))
            .toList();
    return new Encoder(scope, config, type, words, positions, norm, layers);
  }

  private EncoderLayer layer(String name) {
    int hidden = config.hidden();
    return new EncoderLayer(
        config.heads(),
        qkv(name + "attention.self."),
        affine(name + "attention.output.dense", hidden, hidden),
        norm(name + "attention.output.LayerNorm"),
        affine(name + "intermediate.dense", config.intermediate(), hidden),
        affine(name + "output.dense", hidden, config.intermediate()),
        norm(name + "output.LayerNorm"));
  }

  private Affine qkv(String name) {
    int hidden = config.hidden();
    try (Scope work = scope.child()) {
      Operators ops = work.operators();
      List<String> parts = List.of(name + "query", name + "key", name + "value");
      List<Tensor> weights =
          parts.stream().map(part -> floats(work, part + ".weight", hidden, hidden)).toList();
      List<Tensor> biases =
          parts.stream().map(part -> floats(work, part + ".bias", hidden)).toList();
      return new Affine(
          scope.adopt(ops.copy(ops.to(ops.concat(weights, 0), type))),
          scope.adopt(ops.copy(ops.to(ops.concat(biases, 0), type))));
    }
  }

  private Affine affine(String name, int out, int in) {
    return new Affine(inType(name + ".weight", out, in), inType(name + ".bias", out));
  }

  private LayerNorm norm(String name) {
    return new LayerNorm(
        floats(scope, name + ".weight", config.hidden()),
        floats(scope, name + ".bias", config.hidden()),
        config.epsilon());
  }

  /** Reads a tensor in the compute type. */
  private Tensor inType(String name, long... shape) {
    try (Scope work = scope.child()) {
      Operators ops = work.operators();
      return scope.adopt(ops.copy(ops.to(floats(work, name, shape), type)));
    }
  }

  /** Reads a tensor in fp32. */
  private Tensor floats(Scope owner, String name, long... shape) {
    TensorInfo info = source.info(prefix + name);
    List<Long> expected = LongStream.of(shape).boxed().toList();
    if (!info.shape().equals(expected)) {
      throw new InvalidDataException(
          source.path()
              + ": tensor "
              + info.name()
              + " has shape "
              + info.shape()
              + ", config.json needs "
              + expected);
    }
    float[] values = new float[Math.toIntExact(info.elements())];
    source.readFloats(info.name(), java.nio.FloatBuffer.wrap(values));
    digest.putString(name + expected, StandardCharsets.UTF_8);
    for (float value : values) {
      if (!Float.isFinite(value)) {
        throw new InvalidDataException(
            source.path() + ": tensor " + info.name() + " holds " + value);
      }
      digest.putInt(Float.floatToRawIntBits(value));
    }
    return owner.operators().floats(values, shape);
  }
}
