package io.telecomllm.model;

import io.telecomllm.quantization.DenseWeight;
import io.telecomllm.quantization.FourBitWeight;
import io.telecomllm.quantization.MatrixSource;
import io.telecomllm.quantization.QuantizationConfig;
import io.telecomllm.quantization.Weight;
import io.telecomllm.tensor.DataType;
import io.telecomllm.tensor.Operators;
import io.telecomllm.tensor.Scope;
import io.telecomllm.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Puts a decoder together, weight by weight, from wherever weights come from.
 *
 * @param quantization how dense linear layers are packed on the way; empty: kept dense
 */
record DecoderBuilder(
    ModelConfig config, DataType compute, Optional<QuantizationConfig> quantization, Scope scope) {
  /** Where weights come from. */
  interface Source {
    /** A tensor of that shape and type, owned by the scope. */
    Tensor dense(String name, DataType type, Scope scope, long... shape);

    /** The matrix already packed, or null. */
    default @Nullable FourBitWeight packed(String name, Scope scope, int out, int in) {
      return null;
    }

    /** The dense matrix to be packed while it is read, or null: it is there as a tensor only. */
    default @Nullable MatrixSource matrix(String name, int out, int in) {
      return null;
    }
  }

  Decoder build(Source source) {
    int hidden = config.hiddenSize();
    long vocabulary = config.vocabularySize();
    Tensor embedding = source.dense(Decoder.EMBEDDING, compute, scope, vocabulary, hidden);
    List<DecoderLayer> layers = new ArrayList<>();
    for (int i = 0; i < config.layers(); i++) {
      layers.add(layer(source, "model.layers." + i));
    }
    Tensor norm = source.dense(Decoder.NORM, DataType.FLOAT32, scope, hidden);
    Tensor head =
        config.tiedEmbeddings()
            ? embedding
            : source.dense(Decoder.HEAD, compute, scope, vocabulary, hidden);
    return new Decoder(config, embedding, layers, norm, head, inverseFrequencies());
  }

  private DecoderLayer layer(Source source, String name) {
    Architecture a = config.architecture();
    int hidden = config.hiddenSize();
    return new DecoderLayer(
        name,
        source.dense(name + ".input_layernorm.weight", DataType.FLOAT32, scope, hidden),
        projection(source, name, a.attentionInputs(), a.attentionSizes(config)),
        linear(source, name + ".self_attn.o_proj", hidden, config.querySize()),
        source.dense(name + ".post_attention_layernorm.weight", DataType.FLOAT32, scope, hidden),
        projection(source, name, a.feedForwardInputs(), a.feedForwardSizes(config)),
        linear(source, name + ".mlp.down_proj", hidden, config.intermediateSize()));
  }

  private Projection projection(
      Source source, String layer, List<String> names, List<Integer> sizes) {
    return new Projection(
        IntStream.range(0, names.size())
            .mapToObj(
                i -> linear(source, layer + "." + names.get(i), sizes.get(i), config.hiddenSize()))
            .toList());
  }

  private Linear linear(Source source, String name, int out, int in) {
    return new Linear(name, weight(source, name + ".weight", out, in));
  }

  private Weight weight(Source source, String name, int out, int in) {
    FourBitWeight packed = source.packed(name, scope, out, in);
    if (packed != null) {
      return packed;
    }
    if (quantization.isEmpty()) {
      return new DenseWeight(source.dense(name, compute, scope, out, in), compute);
    }
    MatrixSource read = source.matrix(name, out, in);
    if (read != null) {
      return quantization.get().quantize(read, scope);
    }
    try (Scope work = scope.child()) {
      // fp32 in, so that what is packed does not depend on the compute type
      Tensor matrix = source.dense(name, DataType.FLOAT32, work, out, in);
      return quantization.get().quantize(matrix, scope);
    }
  }

  /** theta^(-2i / size), in fp32 step by step as transformers computes it. */
  private Tensor inverseFrequencies() {
    Operators ops = scope.operators();
    int half = config.headSize() / 2;
    float[] frequencies = new float[half];
    for (int i = 0; i < half; i++) {
      float exponent = 2f * i / config.headSize();
      frequencies[i] = 1f / (float) Math.pow(config.ropeTheta(), exponent);
    }
    return ops.floats(frequencies, half);
  }
}
