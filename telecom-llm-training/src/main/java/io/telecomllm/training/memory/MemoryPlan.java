package io.telecomllm.training.memory;

import com.google.common.base.Suppliers;
import io.telecomllm.lora.LoraConfig;
import io.telecomllm.model.ModelConfig;
import io.telecomllm.quantization.QuantizationConfig;
import io.telecomllm.tensor.ComputeType;
import io.telecomllm.tensor.DataType;
import io.telecomllm.tensor.Device;
import io.telecomllm.training.batching.Example;
import io.telecomllm.training.settings.TrainingConfig;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Supplier;

/**
 * How much memory a training run will need at most and how long a step will take, before anything
 * is loaded: derived from the shapes and the order of the network's work.
 *
 * <pre>{@code
 * MemoryPlan plan = MemoryPlan.of(ModelLoader.config(folder), lora, config);
 * if (!plan.fits(bytes)) {
 *   log.warn("too little memory: {}", plan.smallestChange(bytes));
 * }
 * }</pre>
 *
 * <p>{@code StepMemory} follows the network's code tensor by tensor; only what is not a tensor is
 * measured ({@code RuntimeMemory}). The time is that of the products, the unpacking and the bytes
 * written, each at the rate that {@link DeviceSpeed} measures, without a factor.
 *
 * <p>Immutable: each setting returns a changed copy. The peak is that of the steps. Loading a
 * checkpoint stays below it; random weights pass through fp32, which can take more.
 */
public final class MemoryPlan {
  /** Micro-batches of a run whose {@code maxSteps} does not say: some epochs of TeleQnA. */
  private static final long USUAL_BATCHES = 1000;

  /** What holds memory. */
  public enum Part {
    /** The model's weights. */
    WEIGHTS,
    /** The adapter in fp32 and in the compute type, its gradients and the optimizer's moments. */
    ADAPTER,
    /** What the layers keep of the forward pass for the backward pass. */
    ACTIVATIONS,
    /** What one layer needs while it is computed, and the weights it unpacks. */
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
  private record Sizes(long weightBytes, long trainableParameters) {}

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
    DryRun.Step step =
        step(settings.lengths().longest(batch, limit(), vocabulary(), batches()));
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
   * A plan for the best device and its fastest compute type, linear layers packed to NF4, questions
   * as long as TeleQnA's.
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
            device,
            ComputeType.fastest(device),
            QuestionLengths.teleQnA(),
            RuntimeMemory.returningHere(),
            0,
            0,
            null));
    // an adapter that does not suit the model is refused here
    plan.sizes.get();
    return plan;
  }

  /** How linear layers are packed; empty: dense, in the compute type. */
  public MemoryPlan quantization(Optional<QuantizationConfig> value) {
    return new MemoryPlan(settings.with("quantization", value));
  }

  /** FLOAT32, BFLOAT16 or FLOAT16; else what the device does fast. */
  public MemoryPlan computeType(DataType value) {
    return new MemoryPlan(settings.on(settings.device(), ComputeType.checked(value)));
  }

  /** Where the model is to compute, in the type that is fast there; it need not be present. */
  public MemoryPlan device(Device value) {
    return new MemoryPlan(settings.on(value, ComputeType.fastest(value)));
  }

  /** How long the questions are. */
  public MemoryPlan lengths(QuestionLengths value) {
    return new MemoryPlan(settings.with("lengths", value));
  }

  /**
   * The same by means alone, the spread as TeleQnA's.
   *
   * @param question tokens of a question with instruction and answer
   * @param shared of them that all questions begin with
   * @param answer of them that are to be predicted
   */
  public MemoryPlan tokens(int question, int shared, int answer) {
    return lengths(
        new QuestionLengths(question, shared, answer, QuestionLengths.teleQnA().deviation()));
  }

  /**
   * Whether the process that trains gives freed memory back at once, as with {@code
   * MALLOC_MMAP_THRESHOLD_=1048576} in its environment under Linux; else as this process does. It
   * needs up to half less memory then, and the plan is sharper: what glibc's heap keeps otherwise
   * is partly chance.
   */
  public MemoryPlan freedMemoryReturned(boolean value) {
    return new MemoryPlan(settings.with("returning", value));
  }

  /** So many questions computed at a time, the number a step as before. */
  public MemoryPlan microBatch(int value) {
    return new MemoryPlan(settings.microBatch(value));
  }

  /** So many of the lowest layers keep their input only and are computed again. */
  public MemoryPlan recomputed(int layers) {
    return new MemoryPlan(settings.with("recomputed", layers));
  }

  /** This number of the uppermost layers keeps its weights unpacked, for speed. */
  public MemoryPlan unpacked(int layers) {
    return new MemoryPlan(settings.with("unpacked", layers));
  }

  /** What keeping the weights of a layer unpacked takes, in bytes; 0 where they are dense. */
  long unpackedLayerBytes() {
    ModelConfig model = settings.model();
    long weights = model.linearLayers().stream().mapToLong(m -> (long) m.out() * m.in()).sum();
    return settings.quantization().isEmpty()
        ? 0
        : weights / model.layers() * settings.type().bytes();
  }

  /** How fast the device is; else that is measured when {@link #secondsPerStep} is asked. */
  public MemoryPlan speed(DeviceSpeed value) {
    return new MemoryPlan(settings.with("speed", value));
  }

  /** What is planned. */
  PlanSettings settings() {
    return settings;
  }

  /** The number of values that the adapter trains. */
  public long trainableParameters() {
    return sizes.get().trainableParameters();
  }

  /** What holds the memory at the peak, in bytes; the sum is the peak. */
  public Map<Part, Long> parts() {
    return parts.get();
  }

  /** The most memory that the process (on a GPU: the device) holds during a step, in bytes. */
  public long peakBytes() {
    return parts().values().stream().mapToLong(Long::longValue).sum();
  }

  /** The memory of the model's weights, in bytes. */
  public long weightBytes() {
    return sizes.get().weightBytes();
  }

  /** Whether the peak is within so many bytes. */
  public boolean fits(long bytes) {
    return peakBytes() <= bytes;
  }

  /**
   * The memory that the device has free now, in bytes: Linux's {@code MemAvailable} for the CPU.
   * Empty where it is not known: elsewhere than on Linux, and on a GPU, whose free memory the
   * native library in use does not tell.
   */
  public OptionalLong available() {
    return settings.device().kind() == Device.Kind.CPU
        ? HostMemory.available()
        : OptionalLong.empty();
  }

  /** Seconds of an optimizer step on average. */
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
   * The change that makes the run fit and alters its result least, tried in this order: fewer
   * questions at a time at the same number a step; NF4 instead of dense weights; shorter questions
   * only; a lower rank. Each is tried together with those before it. Empty if the plan fits as it
   * is.
   *
   * @throws IllegalArgumentException naming the least memory that any of them needs, if none fits
   */
  public Optional<Change> smallestChange(long bytes) {
    return fits(bytes) ? Optional.empty() : Optional.of(new Changes(this).smallest(bytes));
  }

  /**
   * A change of the settings.
   *
   * @param what such as {@code batchSize 8 -> 4, gradientAccumulation 1 -> 2}
   * @param plan the changed plan
   */
  public record Change(String what, MemoryPlan plan) {
    /** The settings of the changed run. */
    public TrainingConfig config() {
      return plan.settings.config();
    }

    /** The adapter of the changed run. */
    public LoraConfig lora() {
      return plan.settings.lora();
    }

    /** How the linear layers are packed in the changed run; empty: dense. */
    public Optional<QuantizationConfig> quantization() {
      return plan.settings.quantization();
    }

    /** The change and what memory it needs. */
    @Override
    public String toString() {
      return what + " (" + gibibytes(plan.peakBytes()) + ")";
    }
  }

  static String gibibytes(long bytes) {
    return String.format(Locale.ROOT, "%.2f GiB", bytes / (double) (1 << 30));
  }

  /** The peak and its parts, in GiB. */
  @Override
  public String toString() {
    StringBuilder text = new StringBuilder(gibibytes(peakBytes()) + ":");
    parts().forEach(
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
