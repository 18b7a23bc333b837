package io.telecomllm.model;

import io.telecomllm.Internal;
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
 * @param from the first of the outputs that it computes
 * @param count how many it computes, all of them unless it was asked for some
 */
@Internal
public record Linear(
    String name,
    List<TargetModule> roles,
    Weight weight,
    @Nullable Tensor bias,
    int from,
    int count) {
  /** All outputs. */
  Linear(String name, List<TargetModule> roles, Weight weight, @Nullable Tensor bias) {
    this(name, roles, weight, bias, 0, weight.out());
  }

  /** Output (rows, count), and what the adapter keeps for the backward. */
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
    return new Linear(name, roles, unpacked, bias, from, count);
  }

  /** The part of it that computes the outputs [first, first + size) of this one's. */
  Linear outputs(int first, int size) {
    return new Linear(name, roles, weight, bias, from + first, size);
  }

  /** x (rows, in). */
  Output forward(Operators ops, Tensor x, Pass pass) {
    Tensor w = dense(ops, pass);
    LoraDelta delta = delta(ops, pass);
    Output output;
    if (delta == null) {
      output = new Output(ops.linear(x, w), null);
    } else {
      LoraDelta.Applied applied = delta.apply(ops, x, w);
      output = new Output(applied.value(), applied.saved());
    }
    if (bias != null) {
      ops.biasInPlace(output.value(), own(ops, pass.parameter(biasName(), bias)));
    }
    return output;
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
    Tensor gBias = gradients.of(biasName());
    if (gBias != null) {
      ops.biasBackwardInPlace(own(ops, gBias), g);
    }
    LoraDelta delta = delta(ops, pass);
    LoraDelta.Saved adapted = saved.adapted();
    Tensor product = g;
    Tensor gx;
    if (delta == null || adapted == null) {
      gx = inputWanted ? ops.linearBackward(g, dense(ops, pass)) : ops.none();
    } else {
      product = delta.outputGradient(ops, g, adapted);
      // the small part first, as in the forward pass
      gx = inputWanted ? ops.empty(pass.workspace().type(), x.shape()) : ops.none();
      delta.backward(ops, gx, product, x, adapted);
      if (inputWanted) {
        ops.addLinearBackwardInPlace(gx, product, dense(ops, pass));
      }
    }
    Tensor gw = gradients.of(weightName());
    if (gw != null) {
      ops.linearWeightBackwardInPlace(own(ops, gw), product, x);
    }
    return gx;
  }

  private boolean whole() {
    return count == weight.out();
  }

  private @Nullable LoraDelta delta(Operators ops, Pass pass) {
    LoraDelta delta = pass.deltas().of(name);
    return delta == null || whole() ? delta : delta.rows(ops, from, count);
  }

  /** Of all rows of a parameter those of the outputs that this computes. */
  private Tensor own(Operators ops, Tensor all) {
    return whole() ? all : ops.narrow(all, 0, from, count);
  }

  private Tensor dense(Operators ops, Pass pass) {
    Tensor replaced = pass.deltas().parameter(weightName());
    if (replaced != null) {
      return own(ops, replaced);
    }
    return whole()
        ? weight.dense(pass.workspace())
        : weight.dense(pass.workspace(), ops, from, count);
  }
}
