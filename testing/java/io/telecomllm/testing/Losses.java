package io.telecomllm.testing;

import io.telecomllm.lora.Deltas;
import io.telecomllm.lora.Gradients;
import io.telecomllm.model.LanguageModel;
import io.telecomllm.tensor.Operators;
import io.telecomllm.tensor.Scope;
import io.telecomllm.tensor.Tensor;

/** The loss that training computes, for tests of what is below it. */
public final class Losses {
  private Losses() {}

  /**
   * Returns the sum over rows of weight times cross-entropy, and its gradient.
   *
   * @param hidden (rows, hidden size)
   * @param chunk the number of rows whose logits are computed at a time
   * @param gradients of the head too, if it is trained
   */
  public static Operators.Pair crossEntropy(
      LanguageModel model,
      Deltas deltas,
      Tensor hidden,
      int[] labels,
      float[] weights,
      int chunk,
      Gradients gradients,
      Scope owner) {
    Operators ops = owner.operators();
    return model
        .network()
        .head(
            deltas,
            (head, workspace) ->
                head.crossEntropy(
                    workspace,
                    owner,
                    hidden,
                    ops.longs(labels),
                    ops.floats(weights, weights.length),
                    chunk,
                    0,
                    gradients));
  }
}
