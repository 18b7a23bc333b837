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
  /** Output (rows, out), and what the adapter left, kept for the backward. */
  record Output(Tensor value, LoraDelta.@Nullable Saved lowRank) {}

  Output forward(Operators ops, Tensor x, Workspace workspace, Deltas deltas) {
    Tensor replaced = deltas.parameter(name + ".weight");
    Tensor w = replaced == null ? weight.dense(workspace) : replaced;
    Tensor y = ops.linear(x, w);
    LoraDelta delta = deltas.of(name);
    return new Output(y, delta == null ? null : delta.apply(ops, y, x, w));
  }

  /** The gradient of x, or no elements if it is not wanted. */
  Tensor backward(
      Operators ops,
      Tensor g,
      Tensor x,
      LoraDelta.@Nullable Saved saved,
      Workspace workspace,
      Deltas deltas,
      Gradients gradients,
      boolean inputWanted) {
    LoraDelta delta = deltas.of(name);
    Tensor gz = delta == null || saved == null ? g : delta.outputGradient(ops, g, saved);
    Tensor replaced = deltas.parameter(name + ".weight");
    Tensor gx =
        inputWanted
            ? ops.linearBackward(gz, replaced == null ? weight.dense(workspace) : replaced)
            : ops.none();
    if (delta != null && saved != null) {
      delta.backward(ops, gx, gz, x, saved);
    }
    Tensor gw = gradients.of(name + ".weight");
    if (gw != null) {
      ops.linearWeightBackwardInPlace(gw, g, x);
    }
    return gx;
  }
}
