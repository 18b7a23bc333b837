package io.telecomllm.model;

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
record Linear(
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
  Output forward(Tensor x, Pass pass) {
    Operators ops = pass.ops();
    Tensor w = dense(pass);
    LoraDelta delta = delta(pass);
    Output output;
    if (delta == null) {
      output = new Output(this, ops.linear(x, w), null);
    } else {
      LoraDelta.Applied applied = delta.apply(ops, x, w);
      output = new Output(this, applied.value(), applied.saved());
    }
    if (bias != null) {
      ops.biasInPlace(output.value(), own(ops, pass.parameter(biasName(), bias)));
    }
    return output;
  }

  /** Output (rows, count), and what the adapter keeps for the backward. */
  record Output(Linear layer, Tensor value, LoraDelta.@Nullable Saved adapted) {
    /** What the backward needs, the value not among it. */
    Stream<Tensor> kept() {
      return adapted == null ? Stream.empty() : adapted.tensors();
    }

    /** The gradient of x. */
    Tensor backward(Tensor g, Tensor x, Backward back) {
      Operators ops = back.ops();
      Tensor gBias = back.gradient(layer.biasName());
      if (gBias != null) {
        ops.biasBackwardInPlace(layer.own(ops, gBias), g);
      }
      LoraDelta delta = layer.delta(back.pass());
      Tensor product = g;
      Tensor gx;
      if (delta == null || adapted == null) {
        gx = back.inputWanted() ? ops.linearBackward(g, layer.dense(back.pass())) : ops.none();
      } else {
        product = delta.outputGradient(ops, g, adapted);
        // the small part first, as in the forward pass
        gx = back.inputWanted() ? ops.empty(back.pass().workspace().type(), x.shape()) : ops.none();
        delta.backward(ops, gx, product, x, adapted);
        if (back.inputWanted()) {
          ops.addLinearBackwardInPlace(gx, product, layer.dense(back.pass()));
        }
      }
      Tensor gw = back.gradient(layer.weightName());
      if (gw != null) {
        ops.linearWeightBackwardInPlace(layer.own(ops, gw), product, x);
      }
      return gx;
    }
  }

  private boolean whole() {
    return count == weight.out();
  }

  private @Nullable LoraDelta delta(Pass pass) {
    LoraDelta delta = pass.deltas().of(name);
    return delta == null || whole() ? delta : delta.rows(pass.ops(), from, count);
  }

  /** Of all rows of a parameter those of the outputs that this computes. */
  private Tensor own(Operators ops, Tensor all) {
    return whole() ? all : ops.narrow(all, 0, from, count);
  }

  private Tensor dense(Pass pass) {
    Tensor replaced = pass.deltas().parameter(weightName());
    if (replaced != null) {
      return own(pass.ops(), replaced);
    }
    return whole()
        ? weight.dense(pass.workspace())
        : weight.dense(pass.workspace(), pass.ops(), from, count);
  }
}
