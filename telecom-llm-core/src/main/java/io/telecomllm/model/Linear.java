package io.telecomllm.model;

import io.telecomllm.lora.Gradients;
import io.telecomllm.lora.LoraDelta;
import io.telecomllm.lora.TargetModule;
import io.telecomllm.quantization.Weight;
import io.telecomllm.tensor.Operators;
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

  Output forward(Operators ops, Tensor x, Pass pass) {
    Tensor w = dense(pass);
    Tensor y = ops.linear(x, w);
    LoraDelta delta = pass.deltas().of(name);
    LoraDelta.Saved adapted = delta == null ? null : delta.apply(ops, y, x, w);
    if (bias != null) {
      ops.biasInPlace(y, pass.parameter(biasName(), bias));
    }
    return new Output(y, adapted);
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
      ops.biasBackwardInPlace(gBias, g);
    }
    Tensor product = g;
    Tensor gx;
    LoraDelta delta = pass.deltas().of(name);
    LoraDelta.Saved adapted = saved.adapted();
    if (delta == null || adapted == null) {
      gx = input(ops, g, pass, inputWanted);
    } else {
      product = delta.outputGradient(ops, g, adapted);
      gx = input(ops, product, pass, inputWanted);
      delta.backward(ops, gx, product, x, adapted);
    }
    Tensor gw = gradients.of(weightName());
    if (gw != null) {
      ops.linearWeightBackwardInPlace(gw, product, x);
    }
    return gx;
  }

  private Tensor input(Operators ops, Tensor g, Pass pass, boolean wanted) {
    return wanted ? ops.linearBackward(g, dense(pass)) : ops.none();
  }

  private Tensor dense(Pass pass) {
    Tensor replaced = pass.deltas().parameter(weightName());
    return replaced == null ? weight.dense(pass.workspace()) : replaced;
  }
}
