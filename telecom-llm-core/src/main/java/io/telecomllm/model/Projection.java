package io.telecomllm.model;

import io.telecomllm.lora.TargetModule;
import io.telecomllm.quantization.Weight;
import io.telecomllm.quantization.Workspace;
import io.telecomllm.tensor.Operators;
import io.telecomllm.tensor.Scope;
import io.telecomllm.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Linear layers that read the same input, with their outputs side by side: one fused layer, or
 * several.
 *
 * @param parts the layers, in the order of their outputs
 * @param together a layer that computes all of them at once; null if each is computed for itself
 */
record Projection(List<Linear> parts, @Nullable Linear together) {
  /** Creates a projection whose layers are computed one by one. */
  Projection(List<Linear> parts) {
    this(parts, null);
  }

  /**
   * Creates a projection whose layers are computed at once.
   *
   * @param all their weights, one below the other
   * @param ops their scope owns the joined biases
   */
  static Projection together(List<Linear> parts, Weight all, Operators ops) {
    List<TargetModule> roles = parts.stream().flatMap(part -> part.roles().stream()).toList();
    String name = parts.stream().map(Linear::name).collect(Collectors.joining("+"));
    Tensor bias = null;
    if (parts.stream().anyMatch(part -> part.bias() != null)) {
      bias = ops.concat(parts.stream().map(part -> part.biasOrZeros(ops)).toList(), 0);
    }
    return new Projection(parts, new Linear(name, roles, all, bias));
  }

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
    return new Projection(inside, together == null ? null : together.outputs(from, count));
  }

  /** Returns a copy whose layers are dense, see {@link Linear#unpacked}. */
  Projection unpacked(Workspace workspace, Scope owner) {
    return new Projection(parts.stream().map(part -> part.unpacked(workspace, owner)).toList());
  }

  /** Returns the output for x (rows, in). */
  Output forward(Tensor x, Pass pass) {
    if (together != null) {
      boolean plain = parts.stream().noneMatch(part -> part.isChanged(pass.deltas()));
      return plain && !pass.recorded()
          ? new Output(together.forward(x, pass).value(), List.of())
          : output(slices(together.product(x, pass), x, pass), pass);
    }
    return output(parts.stream().map(part -> part.forward(x, pass)).toList(), pass);
  }

  /** Returns the output of each layer, given x w^T of all. */
  private List<Linear.Output> slices(Tensor product, Tensor x, Pass pass) {
    List<Linear.Output> outputs = new ArrayList<>();
    int start = 0;
    for (Linear part : parts) {
      Tensor own = pass.ops().narrow(product, 1, start, part.count());
      outputs.add(part.forward(x, own, pass));
      start += part.count();
    }
    return outputs;
  }

  private static Output output(List<Linear.Output> outputs, Pass pass) {
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
