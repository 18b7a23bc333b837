package io.telecomllm.training.memory;

import io.telecomllm.lora.Deltas;
import io.telecomllm.lora.Gradients;
import io.telecomllm.lora.LoraAdapter;
import io.telecomllm.lora.LoraConfig;
import io.telecomllm.lora.LoraInitialization;
import io.telecomllm.model.DecoderBuilder;
import io.telecomllm.model.LanguageModel;
import io.telecomllm.model.NetworkWeights;
import io.telecomllm.model.Provenance;
import io.telecomllm.quantization.BlockWeight;
import io.telecomllm.quantization.QuantizationConfig;
import io.telecomllm.quantization.Table;
import io.telecomllm.quantization.Weight;
import io.telecomllm.tensor.Cost;
import io.telecomllm.tensor.DataType;
import io.telecomllm.tensor.Device;
import io.telecomllm.tensor.Meter;
import io.telecomllm.tensor.Scope;
import io.telecomllm.tensor.Tensor;
import io.telecomllm.training.batching.Example;
import io.telecomllm.training.batching.PackedBatch;
import io.telecomllm.training.batching.StepBatch;
import io.telecomllm.training.gradients.InProcessGradients;
import io.telecomllm.training.memory.MemoryPlan.Part;
import io.telecomllm.training.objective.Likelihood;
import io.telecomllm.training.objective.Loss;
import io.telecomllm.training.objective.Objective;
import io.telecomllm.training.objective.Predictions;
import io.telecomllm.training.optimizer.AdamW;
import io.telecomllm.weights.Encoding;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A run without memory: the model, the adapter and one step on {@link Device#meta()}, by the code
 * of a real run, while a {@link Meter} counts. It owns the model and the adapter.
 */
final class DryRun implements AutoCloseable {
  /** The phase of the buffer into which weights are unpacked; it counts as {@link Part#LAYER}. */
  private static final String WORKSPACE = "workspace";

  private final PlanSettings settings;
  private final Meter meter;
  private final LanguageModel model;
  private final LoraAdapter adapter;

  /**
   * What a step with one micro-batch takes.
   *
   * @param parts the bytes held at the peak, by what holds them; {@link Part#RUNTIME} has 0
   * @param working the bytes among them that are allocated in each step
   * @param left the bytes held after the step that were not held before it, 0 unless something is
   *     not freed
   * @param written the bytes that it writes to memory
   * @param multiplications the number of multiplications, each with an addition, in its matrix
   *     products
   * @param unpacked the number of weights that it unpacks
   * @param products its different matrix products
   * @param rows the number of rows of the micro-batch
   * @param supervised the number of rows that predict a label
   */
  record Step(
      Map<Part, Long> parts,
      long working,
      long left,
      long written,
      double multiplications,
      double unpacked,
      Set<Cost.Product> products,
      int rows,
      int supervised) {}

  /**
   * Creates the model and the adapter.
   *
   * @throws IllegalArgumentException naming the model's layers, if the adapter targets none of them
   */
  DryRun(PlanSettings settings) {
    this.settings = settings;
    this.meter = Meter.open();
    @Nullable LanguageModel base = null;
    try {
      meter.phase(Part.WEIGHTS.name());
      base = model(settings);
      meter.phase(Part.ADAPTER.name());
      this.adapter = LoraAdapter.create(withoutData(settings.lora()), base, 0);
      this.model = base;
    } catch (RuntimeException e) {
      if (base != null) {
        base.close();
      }
      meter.close();
      throw e;
    }
  }

  /**
   * Returns the settings without LoftQ, which needs original weights; its matrices have the same
   * sizes.
   */
  private static LoraConfig withoutData(LoraConfig lora) {
    return lora.initialization() == LoraInitialization.LOFTQ
        ? lora.toBuilder().initialization(LoraInitialization.KAIMING).build()
        : lora;
  }

  private static LanguageModel model(PlanSettings settings) {
    Scope scope = Scope.open(Device.meta());
    try {
      return new DecoderBuilder(settings.model(), settings.type(), settings.quantization(), scope)
          .model(new Shapes(settings.quantization(), settings.blocks()), Provenance.random());
    } catch (RuntimeException e) {
      scope.close();
      throw e;
    }
  }

  /** Weights that have a shape and no values. */
  private record Shapes(Optional<QuantizationConfig> quantization, Map<String, Encoding> blocks)
      implements DecoderBuilder.Source {
    @Override
    public Tensor dense(String name, DataType type, Scope scope, long... shape) {
      return scope.operators().empty(type, shape);
    }

    @Override
    public @Nullable Weight packed(String name, Scope scope, int out, int in) {
      Weight kept = table(name, scope, out, in);
      return kept == null
          ? quantization.map(packing -> packing.empty(out, in, scope)).orElse(null)
          : kept;
    }

    @Override
    public @Nullable Table table(String name, Scope scope, int rows, int features) {
      Encoding encoding = blocks.get(name);
      return encoding == null ? null : BlockWeight.empty(encoding, rows, features, scope);
    }
  }

  /** Returns the size of the model's weights in memory, in bytes. */
  long weightBytes() {
    return model.weightBytes();
  }

  /** Returns the number of values that are trained. */
  long trainableParameters() {
    return adapter.trainableParameters();
  }

  /** Takes the only step of the run, with one micro-batch. */
  Step step(List<Example> examples) {
    try (Scope scope = Scope.open(Device.meta())) {
      meter.phase(WORKSPACE);
      model.network().read((weights, workspace) -> largest(weights).dense(workspace));
      meter.phase(Part.WEIGHTS.name());
      try (LanguageModel computing = model.trading(settings.unpacked(), settings.recomputed());
          AdamW optimizer = optimizer()) {
        Gradients gradients = Gradients.zeros(adapter.parameters(), scope);
        PackedBatch batch = PackedBatch.of(examples);
        meter.restart();
        long before = meter.held();
        try (Scope step = scope.child()) {
          new InProcessGradients(computing, this::updates, new Phases(meter, new Likelihood()))
              .add(new StepBatch(List.of(batch)), 1, gradients, step);
        }
        meter.phase(Part.ADAPTER.name());
        optimizer.step(gradients, 0);
        return measured(batch, meter.held() - before);
      }
    }
  }

  /** Returns the largest linear layer, for which the workspace is made if it is packed. */
  private Weight largest(NetworkWeights weights) {
    return model.network().linearLayers().stream()
        .map(module -> weights.matrices().get(module.name() + ".weight"))
        .max(Comparator.comparingLong(weight -> (long) weight.out() * weight.in()))
        .orElseThrow();
  }

  private AdamW optimizer() {
    meter.phase(Part.ADAPTER.name());
    return new AdamW(adapter.parameters(), settings.config().optimizer().adamw(), Device.meta());
  }

  /** Returns the adapter's copies in the compute type; the phase after it is the forward pass. */
  private Deltas updates(@Nullable Gradients gradients, Scope scope) {
    meter.phase(Part.ADAPTER.name());
    Deltas deltas = adapter.deltas(settings.type(), scope, gradients);
    meter.phase(Part.LAYER.name());
    return deltas;
  }

  /** Tells the meter where the forward pass ends and the backward pass begins. */
  @SuppressWarnings("serial") // it does not leave this thread
  private record Phases(Meter meter, Objective objective) implements Objective {
    @Override
    public double terms(List<PackedBatch> batches) {
      return objective.terms(batches);
    }

    @Override
    public Result lossAndGradient(Predictions predictions, double weight, Gradients gradients) {
      meter.rename(Part.LAYER.name(), Part.ACTIVATIONS.name());
      meter.phase(Part.LOGITS.name());
      Result result = objective.lossAndGradient(predictions, weight, gradients);
      meter.phase(Part.LAYER.name());
      return result;
    }

    @Override
    public Loss loss(Predictions predictions, double weight) {
      return objective.loss(predictions, weight);
    }
  }

  private Step measured(PackedBatch batch, long left) {
    Map<String, Long> peak = meter.peak();
    EnumMap<Part, Long> parts = new EnumMap<>(Part.class);
    for (Part part : Part.values()) {
      parts.put(part, peak.getOrDefault(part.name(), 0L));
    }
    long working =
        Stream.of(Part.ACTIVATIONS, Part.LAYER, Part.LOGITS)
            .mapToLong(part -> peak.getOrDefault(part.name(), 0L))
            .sum();
    parts.merge(Part.LAYER, peak.getOrDefault(WORKSPACE, 0L), Long::sum);
    return new Step(
        parts,
        working,
        left,
        meter.written(),
        meter.multiplications(),
        meter.unpacked(),
        meter.products(),
        batch.tokens().rows(),
        batch.labels().length);
  }

  /** Frees the model and the adapter, and closes the meter. */
  @Override
  public void close() {
    adapter.close();
    model.close();
    meter.close();
  }
}
