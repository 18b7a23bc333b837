package io.telecomllm.model.files;

import static com.google.common.base.Preconditions.checkArgument;
import static java.util.Objects.requireNonNull;

import io.telecomllm.IncompatibleException;
import io.telecomllm.Internal;
import io.telecomllm.Interrupts;
import io.telecomllm.InvalidDataException;
import io.telecomllm.StorageException;
import io.telecomllm.TelecomLlmException;
import io.telecomllm.hub.ModelStore;
import io.telecomllm.json.JsonView;
import io.telecomllm.json.StrictJson;
import io.telecomllm.model.DecoderBuilder;
import io.telecomllm.model.LanguageModel;
import io.telecomllm.model.ModelConfig;
import io.telecomllm.model.Provenance;
import io.telecomllm.model.RopeScaling;
import io.telecomllm.model.WeightType;
import io.telecomllm.quantization.BitsAndBytes;
import io.telecomllm.quantization.BitsAndBytesConfig;
import io.telecomllm.quantization.Int8Packing;
import io.telecomllm.quantization.MatrixSource;
import io.telecomllm.quantization.QuantizationConfig;
import io.telecomllm.quantization.Table;
import io.telecomllm.quantization.Weight;
import io.telecomllm.tensor.ComputeType;
import io.telecomllm.tensor.DataType;
import io.telecomllm.tensor.Device;
import io.telecomllm.tensor.Scope;
import io.telecomllm.tensor.Tensor;
import io.telecomllm.weights.Checkpoint;
import io.telecomllm.weights.Encoding;
import io.telecomllm.weights.GgufFile;
import io.telecomllm.weights.TensorSource;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Loads language models: from Hugging Face folders (config.json and safetensors), GGUF files, by
 * their name on the Hugging Face hub, or with random weights. Immutable; each setting returns a
 * changed copy.
 *
 * <pre>{@code
 * LanguageModel phi3 = ModelLoader.load("microsoft/Phi-3-mini-4k-instruct");
 * LanguageModel dense = ModelLoader.of(folder).dense().computeType(DataType.FLOAT32).load();
 * }</pre>
 */
public final class ModelLoader {
  /** Where configuration and weights come from. */
  private interface Origin {
    LanguageModel load(ModelLoader settings);
  }

  /**
   * How linear layers are packed.
   *
   * @param dense how dense ones are packed; empty to keep them
   * @param repacks whether the blocks of a GGUF file are unpacked for that
   * @param answering how those that fit are laid out for answering; null for not at all
   */
  private record Packing(
      Optional<QuantizationConfig> dense, boolean repacks, @Nullable WeightType answering) {}

  private static final Packing DEFAULT =
      new Packing(Optional.of(QuantizationConfig.nf4()), false, null);

  private static final String INTERRUPTED = "loading a model was interrupted";

  private final Origin origin;
  private final @Nullable Device device;
  private final @Nullable DataType computeType;
  private final Packing packing;
  private final RopeScaling ropeScaling;

  private ModelLoader(Origin origin) {
    this(origin, null, null, DEFAULT, RopeScaling.none());
  }

  /**
   * Loads a Hugging Face folder (config.json and safetensors) or a GGUF file onto the best device.
   * Linear layers that the checkpoint holds packed stay as they are, such as bitsandbytes' 4-bit
   * weights or the Q4_K blocks of a GGUF file; dense ones are packed to NF4.
   *
   * @throws io.telecomllm.UnsupportedModelException naming the architecture or setting it cannot
   *     run
   * @throws InvalidDataException naming file and field or tensor, if something is damaged
   * @throws java.util.concurrent.CancellationException if the thread is interrupted
   */
  public static LanguageModel load(Path folderOrFile) {
    return of(folderOrFile).load();
  }

  /**
   * Loads a model by its name on the Hugging Face hub, such as {@code
   * microsoft/Phi-3-mini-4k-instruct}, from the cache that the environment names ({@code HF_HOME});
   * it is downloaded into the cache if it is not there. If a folder of that name exists, it is
   * loaded instead.
   *
   * @throws InvalidDataException if it is neither there nor a name
   * @throws TelecomLlmException if it is not in the cache and cannot be downloaded; within seconds
   *     if the hub cannot be reached
   */
  public static LanguageModel load(String nameOrFolder) {
    return of(nameOrFolder).load();
  }

  /**
   * Starts the settings of a load from a folder or file, with the defaults of {@link #load(Path)}.
   */
  public static ModelLoader of(Path folderOrFile) {
    requireNonNull(folderOrFile, "folderOrFile is null");
    return new ModelLoader(settings -> loadFrom(folderOrFile, settings));
  }

  /** Starts the settings of a load by name, with the defaults of {@link #load(String)}. */
  public static ModelLoader of(String nameOrFolder) {
    requireNonNull(nameOrFolder, "nameOrFolder is null");
    Path folder = Path.of(nameOrFolder);
    if (Files.exists(folder)) {
      return of(folder);
    }
    if (!ModelStore.isName(nameOrFolder)) {
      throw new InvalidDataException(
          folder + ": no such file or folder, and no name of a model on the hub (owner/name)");
    }
    ModelStore store = ModelStore.fromEnvironment();
    return new ModelLoader(settings -> loadFrom(fetch(nameOrFolder, store), settings));
  }

  private static Path fetch(String name, ModelStore store) {
    try {
      return store.fetch(name);
    } catch (InvalidDataException | StorageException e) {
      throw e;
    } catch (TelecomLlmException e) {
      throw new TelecomLlmException(
          name + ": no such file or folder here, and not to be had from the hub: " + e.getMessage(),
          e);
    }
  }

  /**
   * Starts the settings of a load from a store, which sets cache, revision, token, listener or
   * offline use.
   */
  public static ModelLoader of(String repository, ModelStore store) {
    requireNonNull(repository, "repository is null");
    requireNonNull(store, "store is null");
    return new ModelLoader(settings -> loadFrom(store.fetch(repository), settings));
  }

  /**
   * Starts the settings of a model with random weights, to train from nothing or to measure:
   * matrices are normal, norms 1.
   *
   * @param deviation the standard deviation of the weights, over 0 and at most 1; transformers uses
   *     0.02
   */
  public static ModelLoader random(ModelConfig config, double deviation, long seed) {
    requireNonNull(config, "config is null");
    DecoderBuilder.Source weights = new RandomWeights(deviation, seed);
    return new ModelLoader(settings -> settings.build(config, weights, Provenance.random()));
  }

  private ModelLoader(
      Origin origin,
      @Nullable Device device,
      @Nullable DataType computeType,
      Packing packing,
      RopeScaling ropeScaling) {
    this.origin = origin;
    this.device = device;
    this.computeType = computeType;
    this.packing = packing;
    this.ropeScaling = ropeScaling;
  }

  /** Sets the device to compute on; the default is the first GPU, or the CPU if there is none. */
  public ModelLoader device(Device value) {
    requireNonNull(value, "device is null");
    return new ModelLoader(origin, value, computeType, packing, ropeScaling);
  }

  /**
   * Sets the type to compute in, FLOAT32, BFLOAT16 or FLOAT16; the default is the one that is fast
   * on the device. FLOAT16 ends at 65,504: a model whose values are larger overflows in it.
   */
  public ModelLoader computeType(DataType value) {
    requireNonNull(value, "computeType is null");
    return new ModelLoader(origin, device, ComputeType.checked(value), packing, ropeScaling);
  }

  /**
   * Sets how linear layers are packed: dense ones, and also the blocks of a GGUF file, which this
   * rounds a second time. What bitsandbytes has packed stays as it is.
   */
  public ModelLoader quantization(QuantizationConfig value) {
    requireNonNull(value, "quantization is null");
    return packing(new Packing(Optional.of(value), true, null));
  }

  /**
   * Keeps dense linear layers dense, in the compute type, and unpacks the blocks of a GGUF file.
   * What bitsandbytes has packed stays as it is.
   */
  public ModelLoader dense() {
    return packing(new Packing(Optional.empty(), true, null));
  }

  /**
   * Lays linear layers out for answering on a CPU in the form that is fastest there: {@link
   * WeightType#INT8}, or {@link WeightType#INT4} if the CPU has no instruction for products of 8
   * bits (VNNI).
   */
  public ModelLoader forAnswering() {
    return forAnswering(Int8Packing.isSupported() ? WeightType.INT8 : WeightType.INT4);
  }

  /**
   * Lays linear layers out for answering on a CPU.
   *
   * <p>INT4 is the smallest. Few tokens at a time, such as those that are written one by one, are
   * computed in BFLOAT16 with the packed values at the speed of reading them; for many tokens they
   * are unpacked. Dense layers are rounded to 4 bits, about as finely as NF4. The Q4_0, Q4_1 and
   * Q4_K blocks of a GGUF file keep their codes; their scales are rounded to BFLOAT16. What holds
   * more (Q5_0, Q6_K, NF4 of bitsandbytes) becomes 8 bits and takes up to 10 bits a weight in
   * memory. A layer whose outputs are no multiple of 64 is loaded as without this setting.
   *
   * <p>INT8 is the fastest for prompts, multiple choice and many callers: weights are rounded to 8
   * bits, with a scale for each output, and so are the inputs of linear layers, with a scale for
   * each token. It takes 8 bits a weight in memory, and computes in BFLOAT16 or FLOAT32.
   *
   * @param type INT4 or INT8
   */
  public ModelLoader forAnswering(WeightType type) {
    requireNonNull(type, "type is null");
    checkArgument(
        type == WeightType.INT4 || type == WeightType.INT8,
        "the weight type for answering is %s, must be INT4 or INT8",
        type);
    return packing(new Packing(DEFAULT.dense(), false, type));
  }

  private ModelLoader packing(Packing value) {
    return new ModelLoader(origin, device, computeType, value, ropeScaling);
  }

  /**
   * Lets the model read more tokens than it was trained on: its context grows by the scaling's
   * factor. Loading fails with an {@link IllegalArgumentException} if the checkpoint has a scaling
   * of its own.
   */
  public ModelLoader ropeScaling(RopeScaling value) {
    requireNonNull(value, "ropeScaling is null");
    checkArgument(
        !(value instanceof RopeScaling.LongRope),
        "LongRoPE's factors are trained with a checkpoint and cannot be set");
    return new ModelLoader(origin, device, computeType, packing, value);
  }

  private ModelConfig scaled(ModelConfig config) {
    RopeScaling own = config.rope().scaling();
    if (ropeScaling instanceof RopeScaling.None) {
      return config;
    }
    checkArgument(
        own instanceof RopeScaling.None,
        "the rotary embedding of this checkpoint is already scaled, by %s",
        own);
    int context = ropeScaling.extended(config.contextLength());
    return config.toBuilder().ropeScaling(ropeScaling).contextLength(context).build();
  }

  /** Loads the model; see {@link #load(Path)} for the errors. */
  public LanguageModel load() {
    try {
      return origin.load(this);
    } catch (TelecomLlmException e) {
      // an interrupt closes the file that is being read, which each of its readers tells otherwise
      if (Thread.currentThread().isInterrupted()) {
        throw Interrupts.cancelled(INTERRUPTED, e);
      }
      throw e;
    }
  }

  private static LanguageModel loadFrom(Path path, ModelLoader settings) {
    try (TensorSource source = Checkpoint.open(path)) {
      ModelConfig config = TiedHead.asStored(source, config(source, path));
      CheckpointTensors tensors = new CheckpointTensors(source, config);
      DecoderBuilder.Source weights =
          new DecoderBuilder.Source() {
            @Override
            public Tensor dense(String name, DataType type, Scope scope, long... shape) {
              Interrupts.check(INTERRUPTED);
              return tensors.read(name, type, scope, shape);
            }

            @Override
            public @Nullable Weight packed(String name, Scope scope, int out, int in) {
              Interrupts.check(INTERRUPTED);
              return tensors.packed(name, scope, out, in, !settings.packing.repacks());
            }

            @Override
            public @Nullable Table table(String name, Scope scope, int rows, int features) {
              return settings.packing.repacks()
                  ? null
                  : tensors.blocks(name, scope, rows, features);
            }

            @Override
            public MatrixSource matrix(String name, int out, int in) {
              return tensors.matrix(name, out, in);
            }
          };
      return settings.build(config, weights, Provenance.of(path, ModelLoader::original));
    }
  }

  private static Tensor original(Path path, String weight, int out, int in, Scope owner) {
    try (TensorSource source = Checkpoint.open(path)) {
      if (BitsAndBytes.isPacked(source, weight)) {
        throw new IncompatibleException(
            path
                + " holds "
                + weight.substring(0, weight.lastIndexOf('.'))
                + " packed to 4 bits, not what it was before");
      }
      CheckpointTensors tensors = new CheckpointTensors(source, config(source, path));
      return tensors.read(weight, DataType.FLOAT32, owner, out, in);
    }
  }

  /**
   * Reads a model's configuration without its weights.
   *
   * @param path a Hugging Face folder, its config.json or weights, or a GGUF file
   * @throws io.telecomllm.UnsupportedModelException naming the architecture or setting it cannot
   *     run
   * @throws InvalidDataException naming file and field, if it is damaged
   */
  public static ModelConfig config(Path path) {
    requireNonNull(path, "path is null");
    if (Files.exists(path.resolve("config.json"))) {
      return json(path.resolve("config.json"));
    }
    try (TensorSource source = Checkpoint.open(path)) {
      return config(source, path);
    }
  }

  /**
   * Returns the encodings of the matrices that a model loaded from there with the defaults keeps in
   * the blocks of a GGUF file, by Hugging Face's names; empty for other checkpoints.
   */
  @Internal
  public static Map<String, Encoding> blocks(Path path) {
    requireNonNull(path, "path is null");
    if (Files.exists(path.resolve("config.json"))) {
      return Map.of();
    }
    try (TensorSource source = Checkpoint.open(path)) {
      return new CheckpointTensors(source, config(source, path)).blocks();
    }
  }

  private static ModelConfig config(TensorSource source, Path path) {
    return source instanceof GgufFile gguf ? GgufConfig.read(gguf) : json(configFile(path));
  }

  private static ModelConfig json(Path file) {
    JsonView json = StrictJson.read(file);
    ModelConfig config = HuggingFaceConfig.read(json);
    // a packing that this library does not know is refused here, by name
    BitsAndBytesConfig.read(json);
    return config;
  }

  private static Path configFile(Path path) {
    Path folder = Files.isDirectory(path) ? path : path.toAbsolutePath().getParent();
    return folder == null ? Path.of("config.json") : folder.resolve("config.json");
  }

  private LanguageModel build(ModelConfig config, DecoderBuilder.Source weights, Provenance from) {
    Device place = device == null ? Device.best() : device;
    DataType compute = computeType == null ? defaultType(place) : computeType;
    DecoderBuilder.Source source = weights;
    WeightType answering = packing.answering();
    if (answering != null) {
      checkAnswering(answering, place, compute);
      source = new AnsweringWeights(weights, answering);
    }
    Scope scope = Scope.open(place);
    try {
      return new DecoderBuilder(scaled(config), compute, packing.dense(), scope)
          .model(source, from);
    } catch (RuntimeException e) {
      scope.close();
      throw e;
    }
  }

  private static void checkAnswering(WeightType type, Device place, DataType compute) {
    boolean possible =
        compute == DataType.BFLOAT16 || (compute == DataType.FLOAT32 && type == WeightType.INT8);
    checkArgument(
        place.kind() == Device.Kind.CPU && possible,
        "%s weights are computed with on cpu in BFLOAT16%s, not on %s in %s",
        type,
        type == WeightType.INT8 ? " or FLOAT32" : "",
        place,
        compute);
  }

  private DataType defaultType(Device place) {
    return packing.answering() == WeightType.INT4 ? DataType.BFLOAT16 : ComputeType.fastest(place);
  }
}
