package io.telecomllm.model;

import static com.google.common.base.Preconditions.checkArgument;

import io.telecomllm.json.JsonView;
import io.telecomllm.json.StrictJson;
import io.telecomllm.quantization.BitsAndBytesConfig;
import io.telecomllm.quantization.FourBitWeight;
import io.telecomllm.quantization.MatrixSource;
import io.telecomllm.quantization.QuantizationConfig;
import io.telecomllm.tensor.ComputeType;
import io.telecomllm.tensor.DataType;
import io.telecomllm.tensor.Device;
import io.telecomllm.tensor.Scope;
import io.telecomllm.tensor.Tensor;
import io.telecomllm.weights.Checkpoint;
import io.telecomllm.weights.GgufFile;
import io.telecomllm.weights.TensorSource;
import io.telecomllm.weights.store.ModelStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Settings of loading a model. Immutable; each method returns a changed copy. */
public final class ModelLoader {
  /** Where configuration and weights come from; tells the builder to put them together. */
  interface Origin {
    LanguageModel load(ModelLoader settings);
  }

  private final Origin origin;
  private final @Nullable Device device;
  private final @Nullable DataType computeType;
  private final Optional<QuantizationConfig> quantization;
  private final RopeScaling ropeScaling;

  /** From a checkpoint. */
  static ModelLoader of(Path path) {
    return new ModelLoader(settings -> loadFrom(path, settings));
  }

  private ModelLoader(Origin origin) {
    this(origin, null, null, Optional.of(QuantizationConfig.nf4()), RopeScaling.none());
  }

  /** From a store, which downloads what is not there. */
  static ModelLoader of(String repository, ModelStore store) {
    return new ModelLoader(settings -> loadFrom(store.fetch(repository), settings));
  }

  /** With random weights: normal with that deviation, norms 1, as transformers begins. */
  static ModelLoader random(ModelConfig config, double deviation, long seed) {
    DecoderBuilder.Source weights = new RandomWeights(deviation, seed);
    return new ModelLoader(settings -> settings.build(config, weights, Optional.empty()));
  }

  private ModelLoader(
      Origin origin,
      @Nullable Device device,
      @Nullable DataType computeType,
      Optional<QuantizationConfig> quantization,
      RopeScaling ropeScaling) {
    this.origin = origin;
    this.device = device;
    this.computeType = computeType;
    this.quantization = quantization;
    this.ropeScaling = ropeScaling;
  }

  /** Where it shall compute; else the first GPU, or the CPU where there is none. */
  public ModelLoader device(Device value) {
    return new ModelLoader(origin, value, computeType, quantization, ropeScaling);
  }

  /**
   * FLOAT32, BFLOAT16 or FLOAT16; else what the device does fast. FLOAT16 ends at 65,504: a model
   * whose values are larger overflows in it.
   */
  public ModelLoader computeType(DataType value) {
    return new ModelLoader(origin, device, ComputeType.checked(value), quantization, ropeScaling);
  }

  /** How dense linear layers are packed; else NF4. A checkpoint packed already stays as it is. */
  public ModelLoader quantization(QuantizationConfig value) {
    return new ModelLoader(origin, device, computeType, Optional.of(value), ropeScaling);
  }

  /** Dense linear layers stay dense, in the compute type. */
  public ModelLoader dense() {
    return new ModelLoader(origin, device, computeType, Optional.empty(), ropeScaling);
  }

  /**
   * Lets the model read further than it was trained to: its context grows by the scaling's factor.
   * Loading refuses it for a checkpoint that has a scaling of its own.
   */
  public ModelLoader ropeScaling(RopeScaling value) {
    checkArgument(
        !(value instanceof RopeScaling.LongRope),
        "LongRoPE's factors are trained with a checkpoint and come with it alone");
    return new ModelLoader(origin, device, computeType, quantization, value);
  }

  private ModelConfig scaled(ModelConfig config) {
    RopeScaling own = config.rope().scaling();
    if (ropeScaling instanceof RopeScaling.None) {
      return config;
    }
    checkArgument(
        own instanceof RopeScaling.None,
        "the rotary embedding of this checkpoint is scaled already, by %s",
        own);
    int context = ropeScaling.extended(config.contextLength());
    return config.toBuilder().ropeScaling(ropeScaling).contextLength(context).build();
  }

  /** Loads; see {@link LanguageModel#load}. */
  public LanguageModel load() {
    return origin.load(this);
  }

  private static LanguageModel loadFrom(Path path, ModelLoader settings) {
    try (TensorSource source = Checkpoint.open(path)) {
      ModelConfig config = config(source, path);
      CheckpointTensors tensors = new CheckpointTensors(source, config);
      DecoderBuilder.Source weights =
          new DecoderBuilder.Source() {
            @Override
            public Tensor dense(String name, DataType type, Scope scope, long... shape) {
              return tensors.read(name, type, scope, shape);
            }

            @Override
            public @Nullable FourBitWeight packed(String name, Scope scope, int out, int in) {
              return tensors.packed(name, scope, out, in);
            }

            @Override
            public MatrixSource matrix(String name, int out, int in) {
              return tensors.matrix(name, out, in);
            }
          };
      return settings.build(config, weights, Optional.of(path));
    }
  }

  /** The shape alone. */
  static ModelConfig config(Path path) {
    if (Files.exists(path.resolve("config.json"))) {
      return json(path.resolve("config.json"));
    }
    try (TensorSource source = Checkpoint.open(path)) {
      return config(source, path);
    }
  }

  private static ModelConfig config(TensorSource source, Path path) {
    return source instanceof GgufFile gguf ? GgufConfig.read(gguf) : json(configFile(path));
  }

  private static ModelConfig json(Path file) {
    JsonView json = StrictJson.read(file);
    ModelConfig config = HuggingFaceConfig.read(json);
    // how each weight is packed stands beside it; what is packed otherwise is refused by name
    BitsAndBytesConfig.read(json);
    return config;
  }

  private static Path configFile(Path path) {
    Path folder = Files.isDirectory(path) ? path : path.toAbsolutePath().getParent();
    return folder == null ? Path.of("config.json") : folder.resolve("config.json");
  }

  private LanguageModel build(
      ModelConfig config, DecoderBuilder.Source weights, Optional<Path> from) {
    Device place = device == null ? Device.best() : device;
    DataType compute = computeType == null ? ComputeType.fastest(place) : computeType;
    Scope scope = Scope.open(place);
    try {
      Decoder decoder =
          new DecoderBuilder(scaled(config), compute, quantization, scope).build(weights);
      return new LanguageModel(decoder, scope, compute, from);
    } catch (RuntimeException e) {
      scope.close();
      throw e;
    }
  }
}
