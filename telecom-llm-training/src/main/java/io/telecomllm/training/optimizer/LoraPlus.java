package io.telecomllm.training.optimizer;

import static com.google.common.base.Preconditions.checkArgument;

import io.telecomllm.lora.Parameter;
import java.util.function.ToDoubleFunction;

/**
 * LoRA+ (Hayou et al. 2024): the matrices b learn faster than the matrices a. As PEFT has it, so do
 * vectors: biases and DoRA's magnitudes.
 *
 * @param ratio how many times faster, over 0 and finite; 1 for no difference
 */
public record LoraPlus(double ratio) {
  /** Checks the range. */
  public LoraPlus {
    checkArgument(
        ratio > 0 && Double.isFinite(ratio), "ratio is %s, must be finite and over 0", ratio);
  }

  /** Each parameter's rate, for {@link AdamW#step}, where that of the matrices a is this. */
  public ToDoubleFunction<Parameter> rates(double rate) {
    return parameter -> isFaster(parameter) ? rate * ratio : rate;
  }

  private static boolean isFaster(Parameter parameter) {
    return parameter.name().contains("lora_B") || parameter.value().shape().length == 1;
  }
}
