package io.telecomllm.model;

import io.telecomllm.tensor.Tensor;
import java.util.stream.Stream;

/**
 * The feed-forward of a layer: up, an activation, down.
 *
 * @param up gate and up side by side, or up alone
 */
record FeedForward(Projection up, Activation activation, Linear down) {
  /** h (rows, hidden), normed. */
  Output forward(Tensor h, Pass pass) {
    Projection.Output inside = up.forward(h, pass);
    Tensor active = activation.forward(pass.ops(), inside.value());
    return new Output(activation, inside, down.forward(active, pass));
  }

  /** The result is down's; the activation's is computed again by the backward. */
  record Output(Activation activation, Projection.Output up, Linear.Output down) {
    /** (rows, hidden). */
    Tensor value() {
      return down.value();
    }

    /** What the backward needs. */
    Stream<Tensor> kept() {
      return Stream.concat(up.kept(), down.kept());
    }

    /** The gradient of h. */
    Tensor backward(Tensor g, Tensor h, Backward back) {
      Tensor active = activation.forward(back.ops(), up.value());
      Tensor gActive = down.backward(g, active, back.wanting(true));
      Tensor gInside = activation.backward(back.ops(), gActive, up.value());
      return up.backward(gInside, h, back);
    }
  }
}
