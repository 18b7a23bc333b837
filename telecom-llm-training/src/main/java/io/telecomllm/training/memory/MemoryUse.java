package io.telecomllm.training.memory;

import io.telecomllm.Internal;
import io.telecomllm.lora.LoraConfig;
import io.telecomllm.model.LanguageModel;
import io.telecomllm.quantization.QuantizationConfig;
import io.telecomllm.tensor.Device;
import io.telecomllm.training.settings.TrainingConfig;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * How a run uses the memory that it may take.
 *
 * @param microBatch the number of questions computed at a time
 * @param unpacked the number of layers whose weights are kept unpacked, for speed
 * @param recomputed the number of layers that are computed again in the backward pass, to save
 *     memory
 */
@Internal
public record MemoryUse(int microBatch, int unpacked, int recomputed) {
  /**
   * The share of the free memory that a run takes if no limit is set; the rest is for other
   * programs.
   */
  private static final double SHARE = 0.8;

  /** The smallest micro-batch to try before layers are computed again; smaller ones cost more. */
  private static final int SMALLEST_KEEPING = 2;

  /**
   * Returns the fastest use that fits: as many questions of a step at a time as there is room for;
   * if two do not fit, layers are computed again; if there is room left, weights are kept unpacked.
   *
   * @param atMost the most questions to compute at a time
   * @throws IllegalArgumentException if the limit is set and nothing fits it
   */
  public static MemoryUse of(
      LanguageModel model, MemoryPlan plan, TrainingConfig config, int atMost) {
    OptionalLong limit = limit(model, config);
    if (limit.isEmpty()) {
      // the free memory of a GPU is not known: if it is short, a step halves the micro-batch
      return new MemoryUse(Math.min(atMost, config.batchSize()), 0, 0);
    }
    long bytes = limit.getAsLong();
    int layers = model.config().layers();
    int micro = atMost;
    while (micro > SMALLEST_KEEPING && !plan.microBatch(micro).fits(bytes)) {
      micro = (micro + 1) / 2;
    }
    MemoryPlan chosen = plan.microBatch(micro);
    if (chosen.fits(bytes)) {
      long each = chosen.unpackedLayerBytes();
      long room = bytes - chosen.peakBytes();
      return new MemoryUse(micro, each == 0 ? 0 : (int) Math.min(layers, room / each), 0);
    }
    for (int questions = micro; questions >= 1; questions--) {
      MemoryPlan fewer = plan.microBatch(questions);
      if (fewer.fits(bytes)) {
        return new MemoryUse(questions, 0, 0);
      }
      if (fewer.recomputed(layers).fits(bytes)) {
        return new MemoryUse(questions, 0, fewestRecomputed(fewer, layers, bytes));
      }
    }
    if (config.memoryLimit() > 0) {
      throw new IllegalArgumentException(
          "memoryLimit is "
              + MemoryPlan.gibibytes(bytes)
              + ", but one question at a time with all layers computed again takes "
              + plan.microBatch(1).recomputed(layers));
    }
    return new MemoryUse(1, 0, layers);
  }

  /**
   * Returns the fewest layers with which the plan fits, given that it fits with all, not with 0.
   */
  private static int fewestRecomputed(MemoryPlan plan, int layers, long bytes) {
    int low = 1;
    int high = layers;
    while (low < high) {
      int middle = (low + high) / 2;
      if (plan.recomputed(middle).fits(bytes)) {
        high = middle;
      } else {
        low = middle + 1;
      }
    }
    return high;
  }

  private static OptionalLong limit(LanguageModel model, TrainingConfig config) {
    if (config.memoryLimit() > 0) {
      return OptionalLong.of(config.memoryLimit());
    }
    if (model.device().kind() != Device.Kind.CPU) {
      return OptionalLong.empty();
    }
    OptionalLong free = HostMemory.available();
    OptionalLong held = HostMemory.held();
    return free.isPresent() && held.isPresent()
        ? OptionalLong.of((long) (SHARE * free.getAsLong()) + held.getAsLong())
        : OptionalLong.empty();
  }

  /** Returns the plan of a run with a model that is already loaded. */
  public static MemoryPlan plan(
      LanguageModel model, LoraConfig lora, TrainingConfig config, QuestionLengths lengths) {
    Optional<QuantizationConfig> packing =
        switch (model.weightType()) {
          case DENSE -> Optional.empty();
          default -> Optional.of(QuantizationConfig.nf4());
        };
    return MemoryPlan.of(model.config(), lora, config)
        .device(model.device())
        .computeType(model.computeType())
        .quantization(packing)
        .blocks(model.network().blocks())
        .held(model.weightBytes())
        .lengths(lengths);
  }
}
