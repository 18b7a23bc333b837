package io.telecomllm.model;

import io.telecomllm.lora.Gradients;
import io.telecomllm.quantization.Workspace;
import io.telecomllm.tensor.Operators;
import io.telecomllm.tensor.Scope;
import io.telecomllm.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * Linear layers that read the same input, their outputs side by side: one fused layer, or several.
 *
 * @param parts in the order of their outputs
 */
record Projection(List<Linear> parts) {
  /** Outputs (rows, sum of out), and each part's own. */
  record Output(Tensor value, List<Linear.Output> parts) {
    Stream<Tensor> kept() {
      return Stream.concat(Stream.of(value), parts.stream().flatMap(Linear.Output::kept));
    }
  }

  /** The part of it that computes the outputs [from, from + count). */
  Projection outputs(int from, int count) {
    List<Linear> inside = new ArrayList<>();
    int start = 0;
    for (Linear part : parts) {
      int low = Math.max(from, start);
      int high = Math.min(from + count, start + part.count());
      if (low < high) {
        inside.add(part.outputs(low - start, high - low));
      }
      start += part.count();
    }
    return new Projection(inside);
  }

  Projection unpacked(Workspace workspace, Scope owner) {
    return new Projection(parts.stream().map(part -> part.unpacked(workspace, owner)).toList());
  }

  /** x (rows, in). */
  Output forward(Operators ops, Tensor x, Pass pass) {
    List<Linear.Output> outputs = parts.stream().map(part -> part.forward(ops, x, pass)).toList();
    List<Tensor> values = outputs.stream().map(Linear.Output::value).toList();
    return new Output(values.size() == 1 ? values.get(0) : ops.concat(values, 1), outputs);
  }

  /** The gradient of x, or no elements if it is not wanted. */
  Tensor backward(
      Operators ops,
      Tensor g,
      Tensor x,
      Output saved,
      Pass pass,
      Gradients gradients,
      boolean inputWanted) {
    Tensor sum = null;
    int start = 0;
    for (int i = 0; i < parts.size(); i++) {
      Linear part = parts.get(i);
      Tensor own = parts.size() == 1 ? g : ops.copy(ops.narrow(g, 1, start, part.count()));
      Tensor gx = part.backward(ops, own, x, saved.parts().get(i), pass, gradients, inputWanted);
      if (sum == null) {
        sum = gx;
      } else if (inputWanted) {
        ops.addInPlace(sum, gx, 1);
      }
      start += part.count();
    }
    return sum == null ? ops.none() : sum;
  }
}
