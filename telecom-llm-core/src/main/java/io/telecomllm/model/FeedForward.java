package io.telecomllm.model;

import io.telecomllm.tensor.Tensor;
import java.util.stream.Stream;

/**
 * The feed-forward of a layer: up, an activation, down.
 *
 * @param up the projection to gate and up side by side, or to up alone
 */
record FeedForward(Projection up, Activation activation, Linear down) {
  /** Returns the output for h (rows, hidden), the normed input. */
  Output forward(Tensor h, Pass pass) {
    Projection.Output inside = up.forward(h, pass);
    Tensor active = activation.forward(pass.ops(), inside.value());
    return new Output(activation, inside, down.forward(active, pass));
  }

  /** The result, and what the backward pass needs; it computes the activation again. */
  record Output(Activation activation, Projection.Output up, Linear.Output down) {
    /** Returns the result, (rows, hidden). */
    Tensor value() {
      return down.value();
    }

    /** Returns the tensors that the backward pass needs, without the result. */
    Stream<Tensor> kept() {
      return Stream.concat(up.kept(), down.kept());
    }

    /** Returns the gradient of h, given the gradient g of the result. */
    Tensor backward(Tensor g, Tensor h, Backward back) {
      Tensor active = activation.forward(back.ops(), up.value());
      Tensor gActive = down.backward(g, active, back.wanting(true));
      Tensor gInside = activation.backward(back.ops(), gActive, up.value());
      return up.backward(gInside, h, back);
    }
  }
}
