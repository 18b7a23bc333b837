package io.telecomllm.model;

import io.telecomllm.lora.Deltas;
import io.telecomllm.lora.Gradients;
import io.telecomllm.lora.LoraDelta;
import io.telecomllm.quantization.Workspace;
import io.telecomllm.tensor.Operators;
import io.telecomllm.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Linear layers that read the same input, their outputs side by side: one fused layer, or several.
 *
 * @param parts in the order of their outputs
 */
record Projection(List<Linear> parts) {
  /** Outputs (rows, sum of out), and each part's x a^T. */
  record Output(Tensor value, List<LoraDelta.@Nullable Saved> lowRank) {}

  Output forward(Operators ops, Tensor x, Workspace workspace, Deltas deltas) {
    List<Tensor> values = new ArrayList<>();
    List<LoraDelta.@Nullable Saved> lowRank = new ArrayList<>();
    for (Linear part : parts) {
      Linear.Output output = part.forward(ops, x, workspace, deltas);
      values.add(output.value());
      lowRank.add(output.lowRank());
    }
    return new Output(values.size() == 1 ? values.get(0) : ops.concat(values, 1), lowRank);
  }

  /** The gradient of x, or no elements if it is not wanted. */
  Tensor backward(
      Operators ops,
      Tensor g,
      Tensor x,
      Output saved,
      Workspace workspace,
      Deltas deltas,
      Gradients gradients,
      boolean inputWanted) {
    Tensor sum = null;
    int start = 0;
    for (int i = 0; i < parts.size(); i++) {
      Linear part = parts.get(i);
      int out = part.weight().out();
      Tensor own = parts.size() == 1 ? g : ops.copy(ops.narrow(g, 1, start, out));
      Tensor gx =
          part.backward(
              ops, own, x, saved.lowRank().get(i), workspace, deltas, gradients, inputWanted);
      if (sum == null) {
        sum = gx;
      } else if (inputWanted) {
        ops.addInPlace(sum, gx, 1);
      }
      start += out;
    }
    return sum == null ? ops.none() : sum;
  }
}
