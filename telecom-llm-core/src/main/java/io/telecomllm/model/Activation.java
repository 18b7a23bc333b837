package io.telecomllm.model;

import io.telecomllm.Internal;
import io.telecomllm.tensor.Operators;
import io.telecomllm.tensor.Tensor;

/** The function that a feed-forward applies between its projections. */
public enum Activation {
  /** silu(gate) * up, where a row holds first gate, then up (Shazeer 2020). */
  SWIGLU("silu", true) {
    @Override
    Tensor forward(Operators ops, Tensor x) {
      return ops.swiglu(x);
    }

    @Override
    Tensor backward(Operators ops, Tensor g, Tensor x) {
      return ops.swigluBackward(g, x);
    }
  },
  /** The Gaussian error linear unit (Hendrycks and Gimpel 2016). */
  GELU("gelu", false) {
    @Override
    Tensor forward(Operators ops, Tensor x) {
      return ops.gelu(x);
    }

    @Override
    Tensor backward(Operators ops, Tensor g, Tensor x) {
      return ops.geluBackward(g, x);
    }
  },
  /** The Gaussian error linear unit by its tanh approximation. */
  GELU_TANH("gelu_new", false) {
    @Override
    Tensor forward(Operators ops, Tensor x) {
      return ops.geluTanh(x);
    }

    @Override
    Tensor backward(Operators ops, Tensor g, Tensor x) {
      return ops.geluTanhBackward(g, x);
    }
  };

  private final String hiddenAct;
  private final boolean gated;

  Activation(String hiddenAct, boolean gated) {
    this.hiddenAct = hiddenAct;
    this.gated = gated;
  }

  /** Returns its name in Hugging Face's config.json, the value of {@code hidden_act}. */
  @Internal
  public String hiddenAct() {
    return hiddenAct;
  }

  /** Returns whether its input holds a gate and a value, twice the width of its output. */
  @Internal
  public boolean gated() {
    return gated;
  }

  /**
   * Returns the result (rows, width) of x (rows, width), or of x (rows, 2 width) if it is gated.
   */
  abstract Tensor forward(Operators ops, Tensor x);

  /** Returns the gradient of x, given the gradient g of the result. */
  abstract Tensor backward(Operators ops, Tensor g, Tensor x);
}
