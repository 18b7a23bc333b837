package io.telecomllm.model;

import io.telecomllm.Internal;
import io.telecomllm.lora.Gradients;
import io.telecomllm.tensor.Operators;
import io.telecomllm.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * What turns hidden states into logits: h weight^T + bias. Loss and scoring multiply by it where
 * they want logits, and nowhere else.
 *
 * @param weightName under which the weight's gradient gathers
 * @param weight (vocabulary, hidden size), in the compute type
 * @param biasName under which the bias's gradient gathers
 * @param bias (vocabulary), fp32; null where there is none
 */
@Internal
public record Head(String weightName, Tensor weight, String biasName, @Nullable Tensor bias) {
  /** h (rows, hidden size): logits (rows, vocabulary) in fp32. */
  public Tensor logits(Operators ops, Tensor h) {
    return ops.logits(h, weight, bias == null ? ops.none() : bias);
  }

  /**
   * The sum over rows of weight times cross-entropy, and its gradient by h; adds to the head's own
   * gradients where those are trained.
   *
   * @param labels (rows), int64
   * @param weights (rows), fp32
   * @param chunk how many rows of logits live at a time
   * @param smoothing see {@link Operators#crossEntropy}
   * @param gradients null where none are wanted
   */
  public Operators.Pair crossEntropy(
      Operators ops,
      Tensor h,
      Tensor labels,
      Tensor weights,
      int chunk,
      double smoothing,
      @Nullable Gradients gradients) {
    return ops.crossEntropy(
        h,
        weight,
        bias == null ? ops.none() : bias,
        labels,
        weights,
        chunk,
        smoothing,
        gradient(ops, gradients, weightName),
        gradient(ops, gradients, biasName));
  }

  private static Tensor gradient(Operators ops, @Nullable Gradients gradients, String name) {
    Tensor gradient = gradients == null ? null : gradients.of(name);
    return gradient == null ? ops.none() : gradient;
  }
}
