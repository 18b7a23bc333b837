package io.telecomllm.training.memory;

import io.telecomllm.lora.LoraConfig;
import io.telecomllm.model.ModelConfig;
import io.telecomllm.quantization.QuantizationConfig;
import io.telecomllm.tensor.DataType;
import io.telecomllm.tensor.Device;
import io.telecomllm.training.settings.Records;
import io.telecomllm.training.settings.TrainingConfig;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What a plan is made of.
 *
 * @param returning whether freed memory is given back at once
 * @param unpacked how many layers keep their weights unpacked
 * @param recomputed how many layers are computed again in the backward pass
 * @param speed null: to be measured
 */
record PlanSettings(
    ModelConfig model,
    LoraConfig lora,
    TrainingConfig config,
    Optional<QuantizationConfig> quantization,
    Device device,
    DataType type,
    QuestionLengths lengths,
    boolean returning,
    int unpacked,
    int recomputed,
    @Nullable DeviceSpeed speed) {
  /** A copy with that many questions at a time, the number a step as before. */
  PlanSettings microBatch(int value) {
    int accumulation = (config.effectiveBatch() + value - 1) / value;
    return with(
        "config", config.toBuilder().batchSize(value).gradientAccumulation(accumulation).build());
  }

  /** A copy for another device and compute type, of which the speed is not known. */
  PlanSettings on(Device place, DataType compute) {
    Map<String, @Nullable Object> changes = new HashMap<>();
    changes.put("device", place);
    changes.put("type", compute);
    changes.put("speed", null);
    return Records.with(this, changes);
  }

  /** A copy with one component changed. */
  PlanSettings with(String component, Object value) {
    return Records.with(this, Map.of(component, value));
  }
}
