package io.telecomllm.model;

import io.telecomllm.lora.Deltas;
import io.telecomllm.quantization.Workspace;
import io.telecomllm.tensor.Operators;
import io.telecomllm.tensor.Scope;
import io.telecomllm.tensor.Tensor;

/**
 * What a layer computes with in one forward pass.
 *
 * @param scope owns what is computed
 * @param sees which rows see which
 * @param workspace where packed weights are unpacked
 * @param deltas what an adapter changes
 * @param recorded whether a backward pass follows
 */
record Pass(Scope scope, Visibility sees, Workspace workspace, Deltas deltas, boolean recorded) {
  /** Creates the pass over a batch that is laid out; the scope owns its tensors. */
  static Pass over(Layout layout, Workspace workspace, Scope scope, boolean recorded) {
    Visibility sees = Visibility.of(scope.operators(), layout);
    return new Pass(scope, sees, workspace, layout.reading().deltas(), recorded);
  }

  /** The same pass, whose results belong to another scope. */
  Pass in(Scope other) {
    return new Pass(other, sees, workspace, deltas, recorded);
  }

  /** The same pass with another workspace. */
  Pass with(Workspace other) {
    return new Pass(scope, sees, other, deltas, recorded);
  }

  Operators ops() {
    return scope.operators();
  }

  ModelConfig config() {
    return sees.config();
  }

  /** What the adapter puts in a parameter's place, or else the base's own. */
  Tensor parameter(String name, Tensor own) {
    Tensor replaced = deltas.parameter(name);
    return replaced == null ? own : replaced;
  }
}
