package io.telecomllm.model;

import io.telecomllm.lora.Gradients;
import io.telecomllm.tensor.Operators;
import io.telecomllm.tensor.Scope;
import io.telecomllm.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * What a layer needs for its backward pass.
 *
 * @param pass the forward pass
 * @param gradients the gradients of the trained parameters, to which the layer adds
 * @param inputWanted whether the gradient of the layer's input is needed; if not, a tensor without
 *     elements is returned in its place
 */
record Backward(Pass pass, Gradients gradients, boolean inputWanted) {
  /** Returns a copy with this {@code inputWanted}. */
  Backward wanting(boolean input) {
    return new Backward(pass, gradients, input);
  }

  /** Returns a copy whose results belong to another scope. */
  Backward in(Scope scope) {
    return new Backward(pass.in(scope), gradients, inputWanted);
  }

  Operators ops() {
    return pass.ops();
  }

  /** Returns the gradient of a parameter, or null if it is frozen. */
  @Nullable Tensor gradient(String parameter) {
    return gradients.of(parameter);
  }
}
