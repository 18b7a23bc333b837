package io.telecomllm.training.optimizer;

import static com.google.common.base.Preconditions.checkArgument;

import io.telecomllm.Internal;
import io.telecomllm.lora.Parameter;
import java.util.function.ToDoubleFunction;

/**
 * The learning rates of LoRA+ (Hayou et al. 2024): the matrices b learn faster than the matrices a.
 * As in PEFT, vectors (biases and DoRA's magnitudes) do too.
 *
 * @param ratio the rate of the faster parameters as a multiple of the others', over 0 and finite; 1
 *     for no difference
 */
@Internal
public record LoraPlus(double ratio) {
  /** Checks the range. */
  public LoraPlus {
    checkArgument(
        ratio > 0 && Double.isFinite(ratio), "ratio is %s, must be finite and over 0", ratio);
  }

  /**
   * Returns the rate of each parameter, for {@link AdamW#step}, given the rate of the matrices a.
   */
  public ToDoubleFunction<Parameter> rates(double rate) {
    return parameter -> isFaster(parameter) ? rate * ratio : rate;
  }

  private static boolean isFaster(Parameter parameter) {
    return parameter.name().contains("lora_B") || parameter.value().shape().length == 1;
  }
}
