package io.telecomllm.model;

import io.telecomllm.lora.Deltas;
import io.telecomllm.quantization.Workspace;
import io.telecomllm.tensor.Operators;
import io.telecomllm.tensor.Scope;
import io.telecomllm.tensor.Tensor;

/**
 * What layers compute with in one forward pass.
 *
 * @param scope owns the results
 * @param sees which rows attend to which keys
 * @param workspace the buffer into which packed weights are unpacked
 * @param deltas the changes of an adapter
 * @param recorded whether a backward pass follows
 */
record Pass(Scope scope, Visibility sees, Workspace workspace, Deltas deltas, boolean recorded) {
  /** Creates the pass over a batch, given its layout; the scope owns its tensors. */
  static Pass over(Layout layout, Workspace workspace, Scope scope, boolean recorded) {
    Visibility sees = Visibility.of(scope.operators(), layout);
    return new Pass(scope, sees, workspace, layout.reading().deltas(), recorded);
  }

  /** Returns a copy whose results belong to another scope. */
  Pass in(Scope other) {
    return new Pass(other, sees, workspace, deltas, recorded);
  }

  /** Returns a copy with another workspace. */
  Pass with(Workspace other) {
    return new Pass(scope, sees, other, deltas, recorded);
  }

  Operators ops() {
    return scope.operators();
  }

  ModelConfig config() {
    return sees.config();
  }

  /** Returns the adapter's replacement of a parameter, or the base's own value if there is none. */
  Tensor parameter(String name, Tensor own) {
    Tensor replaced = deltas.parameter(name);
    return replaced == null ? own : replaced;
  }
}
