package io.telecomllm.model;

import io.telecomllm.lora.Deltas;
import io.telecomllm.lora.Gradients;
import io.telecomllm.lora.LoraDelta;
import io.telecomllm.quantization.Weight;
import io.telecomllm.quantization.Workspace;
import io.telecomllm.tensor.Operators;
import io.telecomllm.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * A linear layer without bias: its frozen weight, plus the update of an adapter where there is one.
 *
 * @param name its full name, such as {@code model.layers.0.self_attn.o_proj}
 * @param weight (out, in)
 */
record Linear(String name, Weight weight) {
  /** Output (rows, out), and the adapter's x a^T, kept for the backward. */
  record Output(Tensor value, @Nullable Tensor lowRank) {}

  Output forward(Operators ops, Tensor x, Workspace workspace, Deltas deltas) {
    Tensor y = ops.linear(x, weight.dense(workspace));
    LoraDelta delta = deltas.of(name);
    return new Output(y, delta == null ? null : delta.apply(ops, y, x));
  }

  /** The gradient of x, or no elements if it is not wanted. */
  Tensor backward(
      Operators ops,
      Tensor g,
      Tensor x,
      @Nullable Tensor lowRank,
      Workspace workspace,
      Deltas deltas,
      Gradients gradients,
      boolean inputWanted) {
    Tensor gx = inputWanted ? ops.linearBackward(g, weight.dense(workspace)) : ops.none();
    LoraDelta delta = deltas.of(name);
    if (delta != null && lowRank != null) {
      delta.backward(ops, gx, g, x, lowRank);
    }
    Tensor gw = gradients.of(name + ".weight");
    if (gw != null) {
      ops.linearWeightBackwardInPlace(gw, g, x);
    }
    return gx;
  }
}
