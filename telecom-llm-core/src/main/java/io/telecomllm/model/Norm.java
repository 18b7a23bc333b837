package io.telecomllm.model;

import io.telecomllm.lora.Gradients;
import io.telecomllm.tensor.Operators;
import io.telecomllm.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * A norm over the features of a row: RMSNorm, or LayerNorm if it has a bias.
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

  /** Returns the output for x (rows, hidden). */
  Output forward(Tensor x, Pass pass) {
    Operators ops = pass.ops();
    Tensor w = pass.parameter(weightName(), weight);
    Tensor value =
        bias == null
            ? ops.rmsNorm(x, w, epsilon)
            : ops.layerNorm(x, w, pass.parameter(biasName(), bias), epsilon);
    return new Output(this, x, value);
  }

  /**
   * The output, and what the backward pass needs.
   *
   * @param x the input, (rows, hidden)
   * @param value the normed rows, (rows, hidden)
   */
  record Output(Norm norm, Tensor x, Tensor value) {
    /**
     * Returns the gradient of x, and adds to the gradients of the norm's parameters.
     *
     * @param g the gradient of the value
     * @param residual the gradient that reaches x past the norm; it is added
     */
    Tensor backward(Tensor g, Tensor residual, Backward back) {
      gather(g, back);
      Operators ops = back.ops();
      Tensor w = back.pass().parameter(norm.weightName(), norm.weight);
      return norm.bias == null
          ? ops.rmsNormBackward(g, x, w, norm.epsilon, residual)
          : ops.layerNormBackward(g, x, w, norm.epsilon, residual);
    }

    /** Adds to the gradients of the norm's parameters that are trained. */
    void gather(Tensor g, Backward back) {
      Operators ops = back.ops();
      Tensor gw = back.gradient(norm.weightName());
      if (gw != null && norm.bias == null) {
        ops.rmsNormWeightBackwardInPlace(gw, g, x, norm.epsilon);
      } else if (gw != null) {
        ops.layerNormWeightBackwardInPlace(gw, g, x, norm.epsilon);
      }
      Tensor gBias = back.gradient(norm.biasName());
      if (gBias != null) {
        ops.biasBackwardInPlace(gBias, g);
      }
    }
  }

  /** Returns whether any of its parameters is trained. */
  boolean trained(Gradients gradients) {
    return gradients.of(weightName()) != null || gradients.of(biasName()) != null;
  }
}
