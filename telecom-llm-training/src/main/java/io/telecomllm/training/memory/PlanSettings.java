package io.telecomllm.training.memory;

import io.telecomllm.lora.LoraConfig;
import io.telecomllm.model.ModelConfig;
import io.telecomllm.quantization.QuantizationConfig;
import io.telecomllm.tensor.DataType;
import io.telecomllm.tensor.Device;
import io.telecomllm.training.settings.TrainingConfig;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What a plan is made of.
 *
 * @param returning whether freed memory is given back at once
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
    int recomputed,
    @Nullable DeviceSpeed speed) {
  PlanSettings withRecomputed(int value) {
    return new PlanSettings(
        model, lora, config, quantization, device, type, lengths, returning, value, speed);
  }

  /** So many questions at a time, the number a step as before. */
  PlanSettings microBatch(int value) {
    int accumulation = (config.effectiveBatch() + value - 1) / value;
    return with(config.toBuilder().batchSize(value).gradientAccumulation(accumulation).build());
  }

  PlanSettings with(TrainingConfig value) {
    return new PlanSettings(
        model, lora, value, quantization, device, type, lengths, returning, recomputed, speed);
  }

  PlanSettings with(LoraConfig value) {
    return new PlanSettings(
        model, value, config, quantization, device, type, lengths, returning, recomputed, speed);
  }

  PlanSettings with(Optional<QuantizationConfig> value) {
    return new PlanSettings(
        model, lora, config, value, device, type, lengths, returning, recomputed, speed);
  }

  PlanSettings with(Device place, DataType compute) {
    return new PlanSettings(
        model, lora, config, quantization, place, compute, lengths, returning, recomputed, null);
  }

  PlanSettings with(QuestionLengths value) {
    return new PlanSettings(
        model, lora, config, quantization, device, type, value, returning, recomputed, speed);
  }

  PlanSettings with(boolean value) {
    return new PlanSettings(
        model, lora, config, quantization, device, type, lengths, value, recomputed, speed);
  }

  PlanSettings with(DeviceSpeed value) {
    return new PlanSettings(
        model, lora, config, quantization, device, type, lengths, returning, recomputed, value);
  }
}
