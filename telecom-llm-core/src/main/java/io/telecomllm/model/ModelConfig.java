package io.telecomllm.model;

import static com.google.common.base.Preconditions.checkArgument;

import com.google.common.collect.Sets;
import io.telecomllm.Internal;
import io.telecomllm.lora.AdaptedModule;
import io.telecomllm.lora.TargetModule;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The shape of a decoder, in the terms of Hugging Face's config.json.
 *
 * @param architecture {@code model_type}: the names of its tensors and the order of operations in a
 *     layer
 * @param hiddenSize features of a row
 * @param intermediateSize features inside the feed-forward
 * @param layers {@code num_hidden_layers}
 * @param heads query heads
 * @param keyValueHeads heads of keys and values; divides {@code heads}
 * @param headSize features of a head, even
 * @param vocabularySize rows of the embedding
 * @param contextLength {@code max_position_embeddings}: the largest number of tokens in a sequence
 * @param normEpsilon {@code rms_norm_eps}, {@code layer_norm_eps}
 * @param activation {@code hidden_act}
 * @param rope the rotary embedding
 * @param slidingWindow how far attention looks back; empty for no limit
 * @param biases the projections that have a bias
 * @param tiedEmbeddings whether the head's matrix is the embedding
 */
public record ModelConfig(
    Architecture architecture,
    int hiddenSize,
    int intermediateSize,
    int layers,
    int heads,
    int keyValueHeads,
    int headSize,
    int vocabularySize,
    int contextLength,
    double normEpsilon,
    Activation activation,
    Rope rope,
    Optional<SlidingWindow> slidingWindow,
    Set<TargetModule> biases,
    boolean tiedEmbeddings) {
  // far above every published model; heads times head size still fits an int
  @Internal public static final int MAX_HIDDEN = 1 << 17;
  @Internal public static final int MAX_INTERMEDIATE = 1 << 19;
  @Internal public static final int MAX_LAYERS = 1 << 10;
  @Internal public static final int MAX_HEADS = 1 << 12;
  @Internal public static final int MAX_HEAD_SIZE = 1 << 12;
  @Internal public static final int MAX_VOCABULARY = 1 << 22;
  @Internal public static final int MAX_CONTEXT = 1 << 24;

  /** Checks the ranges and that the values fit together. */
  public ModelConfig {
    checkRange("hidden_size", hiddenSize, MAX_HIDDEN);
    checkRange("intermediate_size", intermediateSize, MAX_INTERMEDIATE);
    checkRange("num_hidden_layers", layers, MAX_LAYERS);
    checkRange("num_attention_heads", heads, MAX_HEADS);
    checkRange("num_key_value_heads", keyValueHeads, heads);
    checkRange("head_dim", headSize, MAX_HEAD_SIZE);
    checkRange("vocab_size", vocabularySize, MAX_VOCABULARY);
    checkRange("max_position_embeddings", contextLength, MAX_CONTEXT);
    checkArgument(
        heads % keyValueHeads == 0,
        "num_attention_heads is %s, must be a multiple of num_key_value_heads %s",
        heads,
        keyValueHeads);
    checkArgument(headSize % 2 == 0, "head_dim is %s, must be even", headSize);
    checkArgument(
        normEpsilon >= 0 && normEpsilon < 1,
        "the norm's epsilon is %s, must be in [0, 1)",
        normEpsilon);
    checkArgument(
        rope.rotarySize() <= headSize,
        "the rotary embedding rotates %s features of a head, a head has %s",
        rope.rotarySize(),
        headSize);
    boolean gate = architecture.wiring().hasGate();
    checkArgument(
        activation.gated() == gate,
        "hidden_act %s does not go with %s",
        activation.hiddenAct(),
        architecture.modelType());
    biases = Sets.immutableEnumSet(biases);
  }

  private static void checkRange(String name, int value, int max) {
    checkArgument(value >= 1 && value <= max, "%s is %s, must be 1 to %s", name, value, max);
  }

  /**
   * Returns a builder for a shape; what is not set is as in Phi-3-mini-4k, without its sliding
   * window.
   */
  public static Builder builder(Architecture architecture) {
    return new Builder(architecture);
  }

  /** Returns the linear layers of a model of this shape, without the head. */
  @Internal
  public List<AdaptedModule> linearLayers() {
    return new Shapes(this).linearLayers();
  }

  /** Returns the number of features of a row's queries. */
  public int querySize() {
    return heads * headSize;
  }

  /** Returns the number of features of a row's keys, which is also that of its values. */
  public int keyValueSize() {
    return keyValueHeads * headSize;
  }

  /** Returns the factor of attention's scores, 1 / sqrt(head size). */
  double attentionScale() {
    return 1 / Math.sqrt(headSize);
  }

  /** Returns the most positions that a row of this layer attends to; 0 for no limit. */
  int window(int layer) {
    return slidingWindow.filter(w -> layer >= w.firstLayer()).map(SlidingWindow::size).orElse(0);
  }

  /** Returns the number of output features of a projection. */
  int outputSize(TargetModule role) {
    return switch (role) {
      case Q -> querySize();
      case K, V -> keyValueSize();
      case O, DOWN -> hiddenSize;
      case GATE, UP -> intermediateSize;
    };
  }

  /** Returns a builder with the values of this shape. */
  public Builder toBuilder() {
    Builder builder =
        new Builder(architecture)
            .hiddenSize(hiddenSize)
            .intermediateSize(intermediateSize)
            .layers(layers)
            .heads(heads, keyValueHeads, headSize)
            .vocabularySize(vocabularySize)
            .contextLength(contextLength)
            .normEpsilon(normEpsilon)
            .activation(activation)
            .ropeTheta(rope.theta())
            .rotarySize(rope.rotarySize())
            .ropeScaling(rope.scaling())
            .biases(biases)
            .tiedEmbeddings(tiedEmbeddings);
    slidingWindow.ifPresent(builder::slidingWindow);
    return builder;
  }

  /** Collects the values of a shape. */
  public static final class Builder {
    private final Architecture architecture;
    private int hiddenSize = 3072;
    private int intermediateSize = 8192;
    private int layers = 32;
    private int heads = 32;
    private int keyValueHeads = 32;
    private int headSize = 96;
    private int vocabularySize = 32064;
    private int contextLength = 4096;
    private double normEpsilon = 1e-5;
    private Activation activation = Activation.SWIGLU;
    private double ropeTheta = 10_000;
    private int rotarySize;
    private RopeScaling ropeScaling = RopeScaling.none();
    private Optional<SlidingWindow> slidingWindow = Optional.empty();
    private Set<TargetModule> biases = Set.of();
    private boolean tiedEmbeddings;

    private Builder(Architecture architecture) {
      this.architecture = architecture;
    }

    /** Sets the number of features of a row. */
    public Builder hiddenSize(int value) {
      hiddenSize = value;
      return this;
    }

    /** Sets the number of features inside the feed-forward. */
    public Builder intermediateSize(int value) {
      intermediateSize = value;
      return this;
    }

    /** Sets the number of layers. */
    public Builder layers(int value) {
      layers = value;
      return this;
    }

    /** Sets the number of query heads, that of key and value heads, and the features of a head. */
    public Builder heads(int queries, int keysAndValues, int size) {
      heads = queries;
      keyValueHeads = keysAndValues;
      headSize = size;
      return this;
    }

    /** Sets the number of tokens of the vocabulary. */
    public Builder vocabularySize(int value) {
      vocabularySize = value;
      return this;
    }

    /** Sets the largest number of tokens in a sequence. */
    public Builder contextLength(int value) {
      contextLength = value;
      return this;
    }

    /** Sets the number that norms add to the mean square, or to the variance. */
    public Builder normEpsilon(double value) {
      normEpsilon = value;
      return this;
    }

    /** Sets the function that a feed-forward applies between its projections. */
    public Builder activation(Activation value) {
      activation = value;
      return this;
    }

    /** Sets the base of the rotary embedding's frequencies. */
    public Builder ropeTheta(double value) {
      ropeTheta = value;
      return this;
    }

    /** Sets the number of a head's features that are rotated; the default is all. */
    public Builder rotarySize(int value) {
      rotarySize = value;
      return this;
    }

    /** Sets how the rotary embedding is changed for longer contexts. */
    public Builder ropeScaling(RopeScaling value) {
      ropeScaling = value;
      return this;
    }

    /** Sets how far attention looks back; the default is no limit. */
    public Builder slidingWindow(SlidingWindow value) {
      slidingWindow = Optional.of(value);
      return this;
    }

    /** Sets the projections that have a bias; the default is none. */
    public Builder biases(Set<TargetModule> value) {
      biases = value;
      return this;
    }

    /** Sets whether the head's matrix is the embedding; the default is false. */
    public Builder tiedEmbeddings(boolean value) {
      tiedEmbeddings = value;
      return this;
    }

    /**
     * Returns the shape.
     *
     * @throws IllegalArgumentException naming the value that is out of range or contradicts others
     */
    public ModelConfig build() {
      return new ModelConfig(
          architecture,
          hiddenSize,
          intermediateSize,
          layers,
          heads,
          keyValueHeads,
          headSize,
          vocabularySize,
          contextLength,
          normEpsilon,
          activation,
          new Rope(ropeTheta, rotarySize == 0 ? headSize : rotarySize, ropeScaling),
          slidingWindow,
          biases,
          tiedEmbeddings);
    }
  }
}
