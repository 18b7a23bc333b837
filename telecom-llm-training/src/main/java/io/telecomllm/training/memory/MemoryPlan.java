package io.telecomllm.training.memory;

import com.google.common.base.Suppliers;
import io.telecomllm.lora.LoraConfig;
import io.telecomllm.model.ModelConfig;
import io.telecomllm.model.files.ModelLoader;
import io.telecomllm.quantization.QuantizationConfig;
import io.telecomllm.tensor.ComputeType;
import io.telecomllm.tensor.DataType;
import io.telecomllm.tensor.Device;
import io.telecomllm.training.batching.Example;
import io.telecomllm.training.settings.TrainingConfig;
import io.telecomllm.weights.Encoding;
import java.nio.file.Path;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Supplier;

/**
 * Predicts the peak memory of a training run and the time of a step before anything is loaded, by
 * taking a step without memory.
 *
 * <pre>{@code
 * MemoryPlan plan = MemoryPlan.of(folderOrFile, lora, config);
 * if (!plan.fits(bytes)) {
 *   log.warn("too little memory: {}", plan.smallestChange(bytes));
 * }
 * }</pre>
 *
 * <p>{@code DryRun} runs the code of the model, the adapter and the optimizer on tensors that have
 * shapes only, and a meter counts; what is not a tensor is estimated by measured constants ({@code
 * RuntimeMemory}). The time is that of the products, the unpacking and the bytes written, each at
 * the speed of {@link DeviceSpeed}. A plan takes 10 ms a layer, once, when it is first asked.
 *
 * <p>Immutable: each setting returns a changed copy. The peak is that of the steps. Loading a
 * checkpoint stays below it; random weights are made in fp32, which can take more.
 */
public final class MemoryPlan {
  /** The micro-batches of a run without {@code maxSteps}: a few epochs of TeleQnA. */
  private static final long USUAL_BATCHES = 1000;

  /** The parts of the peak memory. */
  public enum Part {
    /** The model's weights. */
    WEIGHTS,
    /** The adapter in fp32 and in the compute type, its gradients and the optimizer's moments. */
    ADAPTER,
    /** What the layers keep from the forward pass for the backward pass. */
    ACTIVATIONS,
    /** What one layer needs while it is computed, and the weights that it unpacks. */
    LAYER,
    /** Logits of a few rows, and the gradient of the hidden states. */
    LOGITS,
    /** The virtual machine, the native library, and what its allocator cannot use again. */
    RUNTIME
  }

  private final PlanSettings settings;
  private final Supplier<Sizes> sizes;
  private final Supplier<Map<Part, Long>> parts;

  /** What needs no step to be known. */
  private record Sizes(long weightBytes, long trainableParameters) {
    /** Returns the bytes of the weights, which may be in another form than shapes tell. */
    long weightBytes(long held) {
      return held > 0 ? held : weightBytes;
    }
  }

  MemoryPlan(PlanSettings settings) {
    this.settings = settings;
    this.sizes = Suppliers.memoize(this::created);
    this.parts = Suppliers.memoize(this::measured);
  }

  private Sizes created() {
    try (DryRun run = new DryRun(settings)) {
      return new Sizes(run.weightBytes(), run.trainableParameters());
    }
  }

  private Map<Part, Long> measured() {
    TrainingConfig config = settings.config();
    int batch = config.batchSize();
    DryRun.Step step = step(settings.lengths().longest(batch, limit(), vocabulary(), batches()));
    RuntimeMemory runtime =
        new RuntimeMemory(
            settings.device(),
            settings.type(),
            settings.lengths(),
            batches(),
            batch,
            settings.returning());
    Map<Part, Long> all = new EnumMap<>(step.parts());
    all.put(Part.RUNTIME, runtime.bytes(step));
    all.merge(Part.WEIGHTS, weightBytes() - sizes.get().weightBytes(), Long::sum);
    return Collections.unmodifiableMap(all);
  }

  private DryRun.Step step(List<Example> examples) {
    try (DryRun run = new DryRun(settings)) {
      return run.step(examples);
    }
  }

  /** The most tokens of a question. */
  private int limit() {
    return Math.min(settings.config().maxSequenceLength(), settings.model().contextLength());
  }

  private int vocabulary() {
    return settings.model().vocabularySize();
  }

  /**
   * Creates a plan for a model that is loaded from a folder or file with the defaults: as {@link
   * #of(ModelConfig, LoraConfig, TrainingConfig)}, but what a GGUF file holds in blocks stays in
   * them.
   *
   * @throws io.telecomllm.UnsupportedModelException naming the architecture or setting that cannot
   *     be run
   * @throws io.telecomllm.InvalidDataException naming file and field, if it is damaged
   */
  public static MemoryPlan of(Path folderOrFile, LoraConfig lora, TrainingConfig config) {
    return of(ModelLoader.config(folderOrFile), lora, config)
        .blocks(ModelLoader.blocks(folderOrFile));
  }

  /**
   * Creates a plan for the best device and its fastest compute type, with linear layers packed to
   * NF4 and questions as long as TeleQnA's.
   *
   * @throws IllegalArgumentException naming the layers there are, if the adapter targets none of
   *     the model's
   */
  public static MemoryPlan of(ModelConfig model, LoraConfig lora, TrainingConfig config) {
    Device device = Device.best();
    MemoryPlan plan =
        new MemoryPlan(
            new PlanSettings(
                model,
                lora,
                config,
                Optional.of(QuantizationConfig.nf4()),
                Map.of(),
                0,
                device,
                ComputeType.fastest(device),
                QuestionLengths.teleQnA(),
                RuntimeMemory.returningHere(),
                0,
                0,
                null));
    // an adapter that does not suit the model is refused here
    Sizes unused = plan.sizes.get();
    return plan;
  }

  /** Sets how linear layers are packed; empty for dense layers in the compute type. */
  public MemoryPlan quantization(Optional<QuantizationConfig> value) {
    return new MemoryPlan(
        settings.with("quantization", value).with("blocks", Map.of()).with("held", 0L));
  }

  /** Sets which matrices are in blocks of a GGUF file, by name. */
  MemoryPlan blocks(Map<String, Encoding> value) {
    return new MemoryPlan(settings.with("blocks", value));
  }

  /** Sets how many bytes the weights take, for forms that shapes do not tell. */
  MemoryPlan held(long bytes) {
    return new MemoryPlan(settings.with("held", bytes));
  }

  /** Sets the compute type, FLOAT32, BFLOAT16 or FLOAT16; the default is the device's fastest. */
  public MemoryPlan computeType(DataType value) {
    return new MemoryPlan(settings.on(settings.device(), ComputeType.checked(value)));
  }

  /** Sets the device to compute on, in its fastest compute type; it need not be present. */
  public MemoryPlan device(Device value) {
    return new MemoryPlan(settings.on(value, ComputeType.fastest(value)));
  }

  /** Sets the lengths of the questions. */
  public MemoryPlan lengths(QuestionLengths value) {
    return new MemoryPlan(settings.with("lengths", value));
  }

  /**
   * Sets the lengths of the questions by their means, with the spread of TeleQnA's.
   *
   * @param question the tokens of a question with instruction and answer
   * @param shared the tokens that all questions begin with
   * @param answer the tokens to predict
   */
  public MemoryPlan tokens(int question, int shared, int answer) {
    return lengths(
        new QuestionLengths(question, shared, answer, QuestionLengths.teleQnA().deviation()));
  }

  /**
   * Sets whether the process that trains returns freed memory at once, as with {@code
   * MALLOC_MMAP_THRESHOLD_=1048576} in its environment under Linux; the default is what this
   * process does. It then needs up to half less memory and the plan is more precise, since what
   * glibc's heap keeps otherwise is partly chance.
   */
  public MemoryPlan freedMemoryReturned(boolean value) {
    return new MemoryPlan(settings.with("returning", value));
  }

  /**
   * Sets the number of questions computed at a time; the number per step is unchanged, or rounded
   * up.
   */
  MemoryPlan microBatch(int value) {
    return new MemoryPlan(settings.microBatch(value));
  }

  /**
   * Sets the number of lowest layers that keep only their input and are recomputed in the backward
   * pass.
   */
  public MemoryPlan recomputed(int layers) {
    return new MemoryPlan(settings.with("recomputed", layers));
  }

  /** Sets the number of uppermost layers whose weights are kept unpacked, for speed. */
  public MemoryPlan unpacked(int layers) {
    return new MemoryPlan(settings.with("unpacked", layers));
  }

  /**
   * Returns the bytes that it takes to keep the weights of a layer unpacked; 0 if they are dense.
   */
  long unpackedLayerBytes() {
    ModelConfig model = settings.model();
    long weights = model.linearLayers().stream().mapToLong(m -> (long) m.out() * m.in()).sum();
    return settings.quantization().isEmpty() && settings.blocks().isEmpty()
        ? 0
        : weights / model.layers() * settings.type().bytes();
  }

  /** Sets the speed of the device; by default {@link #secondsPerStep} measures it. */
  public MemoryPlan speed(DeviceSpeed value) {
    return new MemoryPlan(settings.with("speed", value));
  }

  /** Returns the settings of the plan. */
  PlanSettings settings() {
    return settings;
  }

  /** Returns the number of values that the adapter trains. */
  public long trainableParameters() {
    return sizes.get().trainableParameters();
  }

  /** Returns the bytes of each part at the peak; their sum is the peak. */
  public Map<Part, Long> parts() {
    return parts.get();
  }

  /**
   * Returns the most memory that the process (on a GPU, the device) holds during a step, in bytes.
   */
  public long peakBytes() {
    return parts().values().stream().mapToLong(Long::longValue).sum();
  }

  /** Returns the memory of the model's weights, in bytes. */
  public long weightBytes() {
    return sizes.get().weightBytes(settings.held());
  }

  /** Returns whether the peak is at most a number of bytes. */
  public boolean fits(long bytes) {
    return peakBytes() <= bytes;
  }

  /**
   * Returns the memory that the device has free now, in bytes: Linux's {@code MemAvailable} for the
   * CPU. Empty if it is not known: on other systems, and on a GPU, whose free memory the native
   * library does not report.
   */
  public OptionalLong available() {
    return settings.device().kind() == Device.Kind.CPU
        ? HostMemory.available()
        : OptionalLong.empty();
  }

  /** Returns the mean time of an optimizer step in seconds. */
  public double secondsPerStep() {
    DeviceSpeed speed = settings.speed();
    if (speed == null) {
      speed = DeviceSpeed.measure(settings.device(), settings.type(), settings.model());
    }
    TrainingConfig config = settings.config();
    DryRun.Step step = step(settings.lengths().usual(config.batchSize(), limit(), vocabulary()));
    double batch =
        2 * step.multiplications() / speed.products()
            + step.unpacked() / speed.unpacked()
            + step.written() / speed.bytes();
    return config.gradientAccumulation() * batch;
  }

  /**
   * Returns the change that makes the run fit and alters its result least; empty if the plan fits
   * as it is. Changes are tried in this order: fewer questions at a time with the same number per
   * step; NF4 instead of dense weights; a lower limit on the length of questions; a lower rank.
   * Each one is tried together with those before it.
   *
   * @throws IllegalArgumentException naming the least memory that any of them needs, if none fits
   */
  public Optional<Change> smallestChange(long bytes) {
    return fits(bytes) ? Optional.empty() : Optional.of(new Changes(this).smallest(bytes));
  }

  /**
   * A change of the settings.
   *
   * @param what the change in words, such as {@code batchSize 8 -> 4, gradientAccumulation 1 -> 2}
   * @param plan the changed plan
   */
  public record Change(String what, MemoryPlan plan) {
    /** Returns the settings of the changed run. */
    public TrainingConfig config() {
      return plan.settings.config();
    }

    /** Returns the adapter's settings of the changed run. */
    public LoraConfig lora() {
      return plan.settings.lora();
    }

    /** Returns how linear layers are packed in the changed run; empty for dense layers. */
    public Optional<QuantizationConfig> quantization() {
      return plan.settings.quantization();
    }

    /** Returns the change with the peak memory of the changed run. */
    @Override
    public String toString() {
      return what + " (" + gibibytes(plan.peakBytes()) + ")";
    }
  }

  static String gibibytes(long bytes) {
    return String.format(Locale.ROOT, "%.2f GiB", bytes / (double) (1 << 30));
  }

  /** Returns the peak and its parts, in GiB. */
  @Override
  public String toString() {
    StringBuilder text = new StringBuilder(gibibytes(peakBytes()) + ":");
    parts()
        .forEach(
            (part, bytes) ->
                text.append(' ')
                    .append(part.name().toLowerCase(Locale.ROOT))
                    .append(' ')
                    .append(gibibytes(bytes)));
    return text.toString();
  }

  private long batches() {
    TrainingConfig config = settings.config();
    return config.maxSteps() > 0
        ? (long) config.maxSteps() * config.gradientAccumulation()
        : USUAL_BATCHES;
  }
}
