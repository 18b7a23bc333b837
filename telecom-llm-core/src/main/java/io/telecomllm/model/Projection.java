package io.telecomllm.model;

import io.telecomllm.quantization.Workspace;
import io.telecomllm.tensor.Operators;
import io.telecomllm.tensor.Scope;
import io.telecomllm.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * Linear layers that read the same input, with their outputs side by side: one fused layer, or
 * several.
 *
 * @param parts the layers, in the order of their outputs
 */
record Projection(List<Linear> parts) {
  /** Returns the part that computes the outputs [from, from + count). */
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

  /** Returns a copy whose layers are dense, see {@link Linear#unpacked}. */
  Projection unpacked(Workspace workspace, Scope owner) {
    return new Projection(parts.stream().map(part -> part.unpacked(workspace, owner)).toList());
  }

  /** Returns the output for x (rows, in). */
  Output forward(Tensor x, Pass pass) {
    List<Linear.Output> outputs = parts.stream().map(part -> part.forward(x, pass)).toList();
    List<Tensor> values = outputs.stream().map(Linear.Output::value).toList();
    return new Output(values.size() == 1 ? values.get(0) : pass.ops().concat(values, 1), outputs);
  }

  /**
   * The output, and what the backward pass needs.
   *
   * @param value the outputs of all layers side by side, (rows, sum of out)
   * @param parts the output of each layer
   */
  record Output(Tensor value, List<Linear.Output> parts) {
    /** Returns the tensors that the backward pass needs, with the value. */
    Stream<Tensor> kept() {
      return Stream.concat(Stream.of(value), parts.stream().flatMap(Linear.Output::kept));
    }

    /** Returns the gradient of x, given the gradient g of the value. */
    Tensor backward(Tensor g, Tensor x, Backward back) {
      Operators ops = back.ops();
      Tensor sum = null;
      int start = 0;
      for (Linear.Output part : parts) {
        int count = part.layer().count();
        Tensor own = parts.size() == 1 ? g : ops.copy(ops.narrow(g, 1, start, count));
        Tensor gx = part.backward(own, x, back);
        if (sum == null) {
          sum = gx;
        } else if (back.inputWanted()) {
          ops.addInPlace(sum, gx, 1);
        }
        start += count;
      }
      return sum == null ? ops.none() : sum;
    }
  }
}
