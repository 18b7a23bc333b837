package io.telecomllm.model;

import io.telecomllm.Internal;
import io.telecomllm.lora.Gradients;
import io.telecomllm.tensor.Operators;
import io.telecomllm.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * Turns hidden states into logits: h weight^T + bias. Loss and scoring apply it only to the rows
 * whose logits they need.
 *
 * @param weightName the name of the weight's gradient
 * @param weight (vocabulary, hidden size), in the compute type
 * @param biasName the name of the bias's gradient
 * @param bias (vocabulary), fp32; null if there is none
 */
@Internal
public record Head(String weightName, Tensor weight, String biasName, @Nullable Tensor bias) {
  /** Returns the logits (rows, vocabulary) in fp32 of h (rows, hidden size). */
  public Tensor logits(Operators ops, Tensor h) {
    return ops.logits(h, weight, bias == null ? ops.none() : bias);
  }

  /**
   * Returns the logits (rows, ids) in fp32 of h (rows, hidden size) for some tokens only.
   *
   * @param ids the tokens
   */
  public Tensor logits(Operators ops, Tensor h, long... ids) {
    Tensor rows = ops.longs(ids);
    return ops.logits(
        h, ops.selectRows(weight, rows), bias == null ? ops.none() : ops.selectRows(bias, rows));
  }

  /**
   * Returns the sum over rows of weight times cross-entropy, and its gradient with respect to h.
   * Adds to the gradients of the head's weight and bias if they are trained.
   *
   * @param h (rows, hidden size)
   * @param labels (rows), int64
   * @param weights (rows), fp32
   * @param chunk the number of rows whose logits are in memory at a time
   * @param smoothing see {@link Operators#crossEntropy}
   * @param gradients the gradients to add to; null if the head is frozen
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
