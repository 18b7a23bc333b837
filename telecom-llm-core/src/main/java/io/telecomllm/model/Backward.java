package io.telecomllm.model;

import io.telecomllm.lora.Gradients;
import io.telecomllm.tensor.Operators;
import io.telecomllm.tensor.Scope;
import io.telecomllm.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * What a layer goes back with.
 *
 * @param pass the forward pass
 * @param gradients where those of the trained parameters are added
 * @param inputWanted whether the gradient of the layer's input is wanted; if not, a tensor of no
 *     elements is returned in its place
 */
record Backward(Pass pass, Gradients gradients, boolean inputWanted) {
  Backward wanting(boolean input) {
    return new Backward(pass, gradients, input);
  }

  /** This one, whose results belong to another scope. */
  Backward in(Scope scope) {
    return new Backward(pass.in(scope), gradients, inputWanted);
  }

  Operators ops() {
    return pass.ops();
  }

  /** The gradient of that parameter, or null if it is frozen. */
  @Nullable Tensor gradient(String parameter) {
    return gradients.of(parameter);
  }
}
