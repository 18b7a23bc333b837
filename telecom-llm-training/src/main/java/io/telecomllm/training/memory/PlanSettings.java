package io.telecomllm.training.memory;

import io.telecomllm.Records;
import io.telecomllm.lora.LoraConfig;
import io.telecomllm.model.ModelConfig;
import io.telecomllm.quantization.QuantizationConfig;
import io.telecomllm.tensor.DataType;
import io.telecomllm.tensor.Device;
import io.telecomllm.training.settings.TrainingConfig;
import io.telecomllm.weights.Encoding;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The inputs of a plan.
 *
 * @param quantization how dense linear layers are packed
 * @param blocks the encodings of the matrices that are in blocks of a GGUF file, by name
 * @param held the bytes of the weights as they are in memory; 0 for those of the shapes,
 *     quantization and blocks
 * @param returning whether freed memory is returned at once
 * @param unpacked the number of layers whose weights are kept unpacked
 * @param recomputed the number of layers that are computed again in the backward pass
 * @param speed the speed of the device; null to measure it
 */
record PlanSettings(
    ModelConfig model,
    LoraConfig lora,
    TrainingConfig config,
    Optional<QuantizationConfig> quantization,
    Map<String, Encoding> blocks,
    long held,
    Device device,
    DataType type,
    QuestionLengths lengths,
    boolean returning,
    int unpacked,
    int recomputed,
    @Nullable DeviceSpeed speed) {
  /**
   * Returns a copy with another number of questions at a time; the number per step is unchanged, or
   * rounded up.
   */
  PlanSettings microBatch(int value) {
    int accumulation = (config.effectiveBatch() + value - 1) / value;
    return with(
        "config", config.toBuilder().batchSize(value).gradientAccumulation(accumulation).build());
  }

  /** Returns a copy for another device and compute type, without a known speed. */
  PlanSettings on(Device place, DataType compute) {
    Map<String, @Nullable Object> changes = new HashMap<>();
    changes.put("device", place);
    changes.put("type", compute);
    changes.put("speed", null);
    return Records.with(this, changes);
  }

  /** Returns a copy with one component changed. */
  PlanSettings with(String component, Object value) {
    return Records.with(this, Map.of(component, value));
  }
}
