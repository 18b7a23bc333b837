package io.telecomllm.model;

import io.telecomllm.lora.Gradients;
import io.telecomllm.tensor.Operators;
import io.telecomllm.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * A norm over the features of a row: RMSNorm, or LayerNorm where it has a bias.
 *
 * @param name its full name, such as {@code model.layers.0.input_layernorm}
 * @param weight (hidden), fp32
 * @param bias (hidden), fp32; null for RMSNorm
 */
record Norm(String name, Tensor weight, @Nullable Tensor bias, double epsilon) {
  String weightName() {
    return name + ".weight";
  }

  String biasName() {
    return name + ".bias";
  }

  Tensor forward(Operators ops, Tensor x, Pass pass) {
    Tensor w = pass.parameter(weightName(), weight);
    return bias == null
        ? ops.rmsNorm(x, w, epsilon)
        : ops.layerNorm(x, w, pass.parameter(biasName(), bias), epsilon);
  }

  /** Adds to the gradients of its own parameters, where those are trained. */
  void gather(Operators ops, Tensor g, Tensor x, Gradients gradients) {
    Tensor gw = gradients.of(weightName());
    if (gw != null && bias == null) {
      ops.rmsNormWeightBackwardInPlace(gw, g, x, epsilon);
    } else if (gw != null) {
      ops.layerNormWeightBackwardInPlace(gw, g, x, epsilon);
    }
    Tensor gBias = gradients.of(biasName());
    if (gBias != null) {
      ops.biasBackwardInPlace(gBias, g);
    }
  }

  /** The gradient of x, plus the gradient that reaches x past the norm. */
  Tensor backward(Operators ops, Tensor g, Tensor x, Tensor residual, Pass pass) {
    Tensor w = pass.parameter(weightName(), weight);
    return bias == null
        ? ops.rmsNormBackward(g, x, w, epsilon, residual)
        : ops.layerNormBackward(g, x, w, epsilon, residual);
  }

  /** Whether any parameter of it is trained. */
  boolean trained(Gradients gradients) {
    return gradients.of(weightName()) != null || gradients.of(biasName()) != null;
  }
}
