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
 * The shape of a decoder, in the words of Hugging Face's config.json.
 *
 * @param architecture {@code model_type}: what its tensors are called and how a layer is wired
 * @param hiddenSize features of a row
 * @param intermediateSize features inside the feed-forward
 * @param layers {@code num_hidden_layers}
 * @param heads query heads
 * @param keyValueHeads heads of keys and values; divides {@code heads}
 * @param headSize features of a head, even
 * @param vocabularySize rows of the embedding
 * @param contextLength the most positions it can be used with
 * @param normEpsilon {@code rms_norm_eps}, {@code layer_norm_eps}
 * @param activation {@code hidden_act}
 * @param rope the rotary embedding
 * @param slidingWindow how far attention looks back; empty: to the beginning
 * @param biases the projections that have a bias
 * @param tiedEmbeddings whether the head is the embedding
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
  // far over every published model, and their products still fit an int
  @Internal public static final int MAX_HIDDEN = 1 << 17;
  @Internal public static final int MAX_INTERMEDIATE = 1 << 19;
  @Internal public static final int MAX_LAYERS = 1 << 10;
  @Internal public static final int MAX_HEADS = 1 << 12;
  @Internal public static final int MAX_HEAD_SIZE = 1 << 12;
  @Internal public static final int MAX_VOCABULARY = 1 << 22;
  @Internal public static final int MAX_CONTEXT = 1 << 24;

  /** Checks the ranges and how the numbers hang together. */
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
        "num_attention_heads %s is no multiple of num_key_value_heads %s",
        heads,
        keyValueHeads);
    checkArgument(headSize % 2 == 0, "head_dim %s is odd", headSize);
    checkArgument(
        normEpsilon >= 0 && normEpsilon < 1,
        "the norm's epsilon is %s, must be in [0, 1)",
        normEpsilon);
    checkArgument(
        rope.rotarySize() <= headSize,
        "%s features of a head are to be rotated, a head has %s",
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

  /** A shape of that architecture; what is not set is as in Phi-3-mini-4k. */
  public static Builder builder(Architecture architecture) {
    return new Builder(architecture);
  }

  /** The linear layers of a model of this shape, the head not among them. */
  public List<AdaptedModule> linearLayers() {
    return new Shapes(this).linearLayers();
  }

  /** Features of the queries of a row. */
  public int querySize() {
    return heads * headSize;
  }

  /** Features of the keys of a row, and of its values. */
  public int keyValueSize() {
    return keyValueHeads * headSize;
  }

  /** The factor of attention's scores: 1 / sqrt(head size). */
  public double attentionScale() {
    return 1 / Math.sqrt(headSize);
  }

  /** The positions that a row of that layer sees; 0 for all. */
  int window(int layer) {
    return slidingWindow.filter(w -> layer >= w.firstLayer()).map(SlidingWindow::size).orElse(0);
  }

  /** Output features of a projection. */
  int outputSize(TargetModule role) {
    return switch (role) {
      case Q -> querySize();
      case K, V -> keyValueSize();
      case O, DOWN -> hiddenSize;
      case GATE, UP -> intermediateSize;
    };
  }

  /** Starts from this shape. */
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

  /** Collects the numbers of a shape. */
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

    /** Features of a row. */
    public Builder hiddenSize(int value) {
      hiddenSize = value;
      return this;
    }

    /** Features inside the feed-forward. */
    public Builder intermediateSize(int value) {
      intermediateSize = value;
      return this;
    }

    /** The number of layers. */
    public Builder layers(int value) {
      layers = value;
      return this;
    }

    /** Heads of queries, heads of keys and values, features of each. */
    public Builder heads(int queries, int keysAndValues, int size) {
      heads = queries;
      keyValueHeads = keysAndValues;
      headSize = size;
      return this;
    }

    /** The number of tokens it knows. */
    public Builder vocabularySize(int value) {
      vocabularySize = value;
      return this;
    }

    /** The most positions it can be used with. */
    public Builder contextLength(int value) {
      contextLength = value;
      return this;
    }

    /** What norms add to the mean square. */
    public Builder normEpsilon(double value) {
      normEpsilon = value;
      return this;
    }

    /** What the feed-forward does between its projections. */
    public Builder activation(Activation value) {
      activation = value;
      return this;
    }

    /** The base of the rotary embedding. */
    public Builder ropeTheta(double value) {
      ropeTheta = value;
      return this;
    }

    /** How many of a head's features are rotated; else all. */
    public Builder rotarySize(int value) {
      rotarySize = value;
      return this;
    }

    /** How the rotary embedding is changed for longer contexts. */
    public Builder ropeScaling(RopeScaling value) {
      ropeScaling = value;
      return this;
    }

    /** How far attention looks back. */
    public Builder slidingWindow(SlidingWindow value) {
      slidingWindow = Optional.of(value);
      return this;
    }

    /** The projections that have a bias. */
    public Builder biases(Set<TargetModule> value) {
      biases = value;
      return this;
    }

    /** Whether the head is the embedding. */
    public Builder tiedEmbeddings(boolean value) {
      tiedEmbeddings = value;
      return this;
    }

    /** The shape, checked. */
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
