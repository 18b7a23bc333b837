package io.telecomllm.training.settings;

import static com.google.common.base.Preconditions.checkArgument;

import io.telecomllm.training.optimizer.AdamW;

/**
 * How gradients change the adapter.
 *
 * @param learningRate {@code learning_rate}: the highest rate, over 0 and at most 1
 * @param adamw the constants of AdamW: {@code adam_beta1}, {@code adam_beta2}, {@code
 *     adam_epsilon}, {@code weight_decay} (of matrices; norms and biases do not decay), and whether
 *     its moments take 8 bits
 * @param maxGradientNorm {@code max_grad_norm}: larger gradients are scaled down to this norm; over
 *     0, infinite for no limit
 * @param loraPlusRatio the learning rate of the matrices b and of vectors, as a multiple of that of
 *     the matrices a (LoRA+, Hayou et al. 2024), over 0 and at most 1000
 */
public record OptimizerConfig(
    double learningRate, AdamW.Settings adamw, double maxGradientNorm, double loraPlusRatio) {
  /** Checks the ranges. */
  public OptimizerConfig {
    Ranges.checkPositive("learningRate", learningRate, 1);
    checkArgument(maxGradientNorm > 0, "maxGradientNorm is %s, must be over 0", maxGradientNorm);
    Ranges.checkPositive("loraPlusRatio", loraPlusRatio, 1000);
  }

  /**
   * Returns the default settings: 2e-4, AdamW in 8 bits with weight decay 0.01, gradients clipped
   * at norm 1.
   */
  public static OptimizerConfig defaults() {
    return new OptimizerConfig(
        /* learningRate= */ 2e-4,
        AdamW.Settings.eightBit(/* weightDecay= */ 0.01),
        /* maxGradientNorm= */ 1,
        /* loraPlusRatio= */ 1);
  }
}
