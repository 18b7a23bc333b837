package io.telecomllm.model;

import io.telecomllm.lora.Gradients;
import io.telecomllm.lora.LoraDelta;
import io.telecomllm.lora.TargetModule;
import io.telecomllm.quantization.DenseWeight;
import io.telecomllm.quantization.Weight;
import io.telecomllm.quantization.Workspace;
import io.telecomllm.tensor.Operators;
import io.telecomllm.tensor.Scope;
import io.telecomllm.tensor.Tensor;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A linear layer: its frozen weight and bias, plus the update of an adapter where there is one.
 *
 * @param name its full name, such as {@code model.layers.0.self_attn.o_proj}
 * @param roles what its output rows are, in order
 * @param weight (out, in)
 * @param bias (out), fp32; null where there is none
 */
record Linear(String name, List<TargetModule> roles, Weight weight, @Nullable Tensor bias) {
  /** Output (rows, out), and what the adapter keeps for the backward. */
  record Output(Tensor value, LoraDelta.@Nullable Saved adapted) {
    /** What the backward of the layer needs; the value is for the caller to keep. */
    Stream<Tensor> kept() {
      return adapted == null ? Stream.empty() : adapted.tensors();
    }
  }

  String weightName() {
    return name + ".weight";
  }

  String biasName() {
    return name + ".bias";
  }

  /** The same weight, dense in the workspace's compute type; the owner's if it was packed. */
  Linear unpacked(Workspace workspace, Scope owner) {
    Tensor dense = weight.dense(workspace);
    Weight unpacked =
        weight instanceof DenseWeight
            ? weight
            : new DenseWeight(owner.operators().copy(dense), workspace.type());
    return new Linear(name, roles, unpacked, bias);
  }

  int out() {
    return weight.out();
  }

  /** x (rows, in): the outputs [from, from + count). */
  Output forward(Operators ops, Tensor x, Pass pass, int from, int count) {
    Tensor w = dense(ops, pass, from, count);
    LoraDelta delta = delta(ops, pass, from, count);
    Output output;
    if (delta == null) {
      output = new Output(ops.linear(x, w), null);
    } else {
      LoraDelta.Applied applied = delta.apply(ops, x, w);
      output = new Output(applied.value(), applied.saved());
    }
    if (bias != null) {
      Tensor own = part(ops, pass.parameter(biasName(), bias), from, count);
      ops.biasInPlace(output.value(), own);
    }
    return output;
  }

  /** All outputs. */
  Output forward(Operators ops, Tensor x, Pass pass) {
    return forward(ops, x, pass, 0, out());
  }

  private @Nullable LoraDelta delta(Operators ops, Pass pass, int from, int count) {
    LoraDelta delta = pass.deltas().of(name);
    return delta == null || count == out() ? delta : delta.rows(ops, from, count);
  }

  private Tensor part(Operators ops, Tensor all, int from, int count) {
    return count == out() ? all : ops.narrow(all, 0, from, count);
  }

  /**
   * The gradient of x, or no elements if it is not wanted.
   *
   * @param g of the outputs [from, from + count)
   */
  Tensor backward(
      Operators ops,
      Tensor g,
      Tensor x,
      Output saved,
      Pass pass,
      Gradients gradients,
      boolean inputWanted,
      int from,
      int count) {
    Tensor gBias = gradients.of(biasName());
    if (gBias != null) {
      ops.biasBackwardInPlace(part(ops, gBias, from, count), g);
    }
    LoraDelta delta = delta(ops, pass, from, count);
    LoraDelta.Saved adapted = saved.adapted();
    Tensor product = g;
    Tensor gx;
    if (delta == null || adapted == null) {
      gx = inputWanted ? ops.linearBackward(g, dense(ops, pass, from, count)) : ops.none();
    } else {
      product = delta.outputGradient(ops, g, adapted);
      // the small part first, as in the forward pass
      gx = inputWanted ? ops.zeros(pass.workspace().type(), x.shape()) : ops.none();
      delta.backward(ops, gx, product, x, adapted);
      if (inputWanted) {
        ops.addLinearBackwardInPlace(gx, product, dense(ops, pass, from, count));
      }
    }
    Tensor gw = gradients.of(weightName());
    if (gw != null) {
      ops.linearWeightBackwardInPlace(part(ops, gw, from, count), product, x);
    }
    return gx;
  }

  /** The same for all outputs. */
  Tensor backward(
      Operators ops,
      Tensor g,
      Tensor x,
      Output saved,
      Pass pass,
      Gradients gradients,
      boolean inputWanted) {
    return backward(ops, g, x, saved, pass, gradients, inputWanted, 0, out());
  }

  private Tensor dense(Operators ops, Pass pass, int from, int count) {
    Tensor replaced = pass.deltas().parameter(weightName());
    if (replaced != null) {
      return part(ops, replaced, from, count);
    }
    return count == out()
        ? weight.dense(pass.workspace())
        : weight.dense(pass.workspace(), from, count);
  }
}
