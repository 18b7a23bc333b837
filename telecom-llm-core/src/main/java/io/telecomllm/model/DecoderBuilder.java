package io.telecomllm.model;

import io.telecomllm.Internal;
import io.telecomllm.model.Architecture.Part;
import io.telecomllm.model.Architecture.Wiring;
import io.telecomllm.quantization.DenseWeight;
import io.telecomllm.quantization.Int8Rows;
import io.telecomllm.quantization.Int8Weight;
import io.telecomllm.quantization.MatrixSource;
import io.telecomllm.quantization.QuantizationConfig;
import io.telecomllm.quantization.Table;
import io.telecomllm.quantization.Weight;
import io.telecomllm.tensor.DataType;
import io.telecomllm.tensor.Scope;
import io.telecomllm.tensor.Tensor;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Builds a decoder, weight by weight, from a source of weights.
 *
 * @param compute the type to compute in
 * @param quantization how dense linear layers are packed; empty to keep them dense
 * @param scope owns the weights
 */
@Internal
public record DecoderBuilder(
    ModelConfig config, DataType compute, Optional<QuantizationConfig> quantization, Scope scope) {
  /** A source of weights, by Hugging Face's names. */
  public interface Source {
    /** Returns a weight in this type and of this shape, owned by the scope. */
    Tensor dense(String name, DataType type, Scope scope, long... shape);

    /** Returns the matrix if the source has it packed and it stays so, or null. */
    default @Nullable Weight packed(String name, Scope scope, int out, int in) {
      return null;
    }

    /**
     * Returns an embedding or a head if the source has it packed and it stays so, or null; the rows
     * of both are looked up.
     */
    default @Nullable Table table(String name, Scope scope, int rows, int features) {
      return null;
    }

    /** Returns the head in the same way; an embedding that is its own head is asked for here. */
    default @Nullable Table head(String name, Scope scope, int rows, int features) {
      return table(name, scope, rows, features);
    }

    /**
     * Returns matrices that multiply the same input as one, one below the other, or null if each is
     * packed for itself.
     *
     * @param names their names in this order, and the numbers of their outputs
     */
    default @Nullable Int8Weight together(Map<String, Integer> names, Scope scope, int in) {
      return null;
    }

    /**
     * Returns the head in another form than its table's, from which the logits of all tokens are
     * computed, or null if they are computed from the table.
     */
    default @Nullable Int8Weight wholeHead(String name, Table table, Scope scope) {
      return null;
    }

    /**
     * Returns the dense matrix to be packed while it is read, or null if it is available only from
     * {@link #dense}.
     */
    default @Nullable MatrixSource matrix(String name, int out, int in) {
      return null;
    }
  }

  /** Returns the model with these weights. Closing the model closes the scope. */
  public LanguageModel model(Source source, Provenance provenance) {
    Decoder decoder = build(source);
    DecoderWeights weights = new DecoderWeights(decoder, provenance);
    return new LanguageModel(new Network(decoder, scope, compute, weights, null));
  }

  private Decoder build(Source source) {
    Wiring wiring = config.architecture().wiring();
    String embeddingWeight = wiring.embeddingWeight();
    boolean tied = config.tiedEmbeddings();
    Table embedding = tied ? head(source, embeddingWeight) : embedding(source, embeddingWeight);
    List<DecoderLayer> layers = new ArrayList<>();
    for (int i = 0; i < config.layers(); i++) {
      layers.add(layer(source, i, wiring));
    }
    Norm norm = norm(source, wiring.lastNorm());
    String headWeight = tied ? embeddingWeight : wiring.headWeight();
    Table matrix = tied ? embedding : head(source, headWeight);
    String headBias = wiring.head() + ".bias";
    Tensor bias =
        wiring.headBias()
            ? source.dense(headBias, DataType.FLOAT32, scope, config.vocabularySize())
            : null;
    Head head =
        new Head(headWeight, matrix, headBias, bias, source.wholeHead(headWeight, matrix, scope));
    return new Decoder(config, embedding, layers, norm, head, 0);
  }

  private Table embedding(Source source, String name) {
    return table(
        source, name, source.table(name, scope, config.vocabularySize(), config.hiddenSize()));
  }

  private Table head(Source source, String name) {
    return table(
        source, name, source.head(name, scope, config.vocabularySize(), config.hiddenSize()));
  }

  private Table table(Source source, String name, @Nullable Table packed) {
    int rows = config.vocabularySize();
    int features = config.hiddenSize();
    return packed == null
        ? new DenseWeight(source.dense(name, compute, scope, rows, features), compute)
        : packed;
  }

  private DecoderLayer layer(Source source, int number, Wiring wiring) {
    String name = wiring.layers() + number;
    Attention attention =
        new Attention(
            number,
            projection(source, name, wiring.attention()),
            headNorms(source, name, wiring),
            linear(source, name, wiring.output(), config.querySize()));
    FeedForward feedForward =
        new FeedForward(
            projection(source, name, wiring.feedForward()),
            config.activation(),
            linear(source, name, wiring.down(), config.intermediateSize()));
    Norm first = norm(source, name + "." + wiring.firstNorm());
    Norm second = wiring.secondNorm().map(n -> norm(source, name + "." + n)).orElse(null);
    return new DecoderLayer(number, name, first, attention, second, feedForward);
  }

  private @Nullable HeadNorms headNorms(Source source, String layer, Wiring wiring) {
    if (wiring.queryNorm().isEmpty() || wiring.keyNorm().isEmpty()) {
      return null;
    }
    return new HeadNorms(
        norm(source, layer + "." + wiring.queryNorm().get(), config.headSize()),
        norm(source, layer + "." + wiring.keyNorm().get(), config.headSize()));
  }

  private Norm norm(Source source, String name) {
    return norm(source, name, config.hiddenSize());
  }

  private Norm norm(Source source, String name, int features) {
    boolean biased = config.architecture().wiring().layerNorm();
    return new Norm(
        name,
        source.dense(name + ".weight", DataType.FLOAT32, scope, features),
        biased ? source.dense(name + ".bias", DataType.FLOAT32, scope, features) : null,
        config.normEpsilon());
  }

  private Projection projection(Source source, String layer, List<Part> parts) {
    int in = config.hiddenSize();
    Map<String, Integer> names = new LinkedHashMap<>();
    parts.forEach(part -> names.put(layer + "." + part.name() + ".weight", outputs(part)));
    Int8Weight whole = parts.size() == 1 ? null : source.together(names, scope, in);
    if (whole == null) {
      return new Projection(parts.stream().map(part -> linear(source, layer, part, in)).toList());
    }
    List<Linear> linears = new ArrayList<>();
    int first = 0;
    for (Part part : parts) {
      linears.add(linear(source, layer, part, new Int8Rows(whole, first, outputs(part))));
      first += outputs(part);
    }
    return Projection.together(linears, whole, scope.operators());
  }

  private int outputs(Part part) {
    return part.roles().stream().mapToInt(config::outputSize).sum();
  }

  private Linear linear(Source source, String layer, Part part, int in) {
    String name = layer + "." + part.name();
    return linear(source, layer, part, weight(source, name + ".weight", outputs(part), in));
  }

  private Linear linear(Source source, String layer, Part part, Weight weight) {
    String name = layer + "." + part.name();
    boolean biased = part.roles().stream().anyMatch(config.biases()::contains);
    Tensor bias =
        biased ? source.dense(name + ".bias", DataType.FLOAT32, scope, outputs(part)) : null;
    return new Linear(name, part.roles(), weight, bias);
  }

  private Weight weight(Source source, String name, int out, int in) {
    Weight packed = source.packed(name, scope, out, in);
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
      // packed from fp32, so that the result does not depend on the compute type
      Tensor matrix = source.dense(name, DataType.FLOAT32, work, out, in);
      return quantization.get().quantize(matrix, scope);
    }
  }
}
