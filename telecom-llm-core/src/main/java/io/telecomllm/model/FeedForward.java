package io.telecomllm.model;

import io.telecomllm.lora.Gradients;
import io.telecomllm.tensor.Operators;
import io.telecomllm.tensor.Tensor;
import java.util.stream.Stream;

/**
 * The feed-forward of a layer: up, an activation, down.
 *
 * @param up gate and up side by side, or up alone
 */
record FeedForward(Projection up, Activation activation, Linear down) {
  /** What the backward needs; the activation's result is computed again. */
  record Saved(Projection.Output up, Linear.Output down) {
    Stream<Tensor> tensors() {
      return Stream.concat(up.kept(), down.kept());
    }
  }

  /** h (rows, hidden), normed; the result is down's value. */
  Saved forward(Operators ops, Tensor h, Pass pass) {
    Projection.Output inside = up.forward(ops, h, pass);
    return new Saved(inside, down.forward(ops, activation.forward(ops, inside.value()), pass));
  }

  /** The gradient of h, or no elements if it is not wanted. */
  Tensor backward(
      Operators ops,
      Tensor g,
      Tensor h,
      Saved s,
      Pass pass,
      Gradients gradients,
      boolean inputWanted) {
    Tensor inside = s.up().value();
    Tensor active = activation.forward(ops, inside);
    Tensor gActive = down.backward(ops, g, active, s.down(), pass, gradients, true);
    Tensor gInside = activation.backward(ops, gActive, inside);
    return up.backward(ops, gInside, h, s.up(), pass, gradients, inputWanted);
  }
}
