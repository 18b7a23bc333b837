package io.telecomllm.model;

import io.telecomllm.Internal;
import io.telecomllm.tensor.Operators;
import io.telecomllm.tensor.Tensor;

/** What the feed-forward does between its projections. */
public enum Activation {
  /** silu(gate) * up, gate and up side by side (Shazeer 2020). */
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
  /** The same by its tanh approximation. */
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

  /** Hugging Face's {@code hidden_act}. */
  @Internal
  public String hiddenAct() {
    return hiddenAct;
  }

  /** Whether its input is a gate and a value side by side. */
  @Internal
  public boolean gated() {
    return gated;
  }

  /** From (rows, width), or (rows, 2 width) where it is gated, to (rows, width). */
  abstract Tensor forward(Operators ops, Tensor x);

  abstract Tensor backward(Operators ops, Tensor g, Tensor x);
}
