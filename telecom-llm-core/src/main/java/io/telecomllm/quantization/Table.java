package io.telecomllm.quantization;

import io.telecomllm.Internal;
import io.telecomllm.tensor.Operators;
import io.telecomllm.tensor.Scope;
import io.telecomllm.tensor.Tensor;

/** A weight whose rows can be looked up one by one, such as an embedding or a head. */
@Internal
public sealed interface Table extends Weight permits DenseWeight, BlockWeight, ByteTable {
  /**
   * Returns a table of some rows, which the operators' scope owns.
   *
   * @param rows their numbers in the order of the result, int64
   */
  Table rows(Operators ops, Tensor rows);

  /** Returns some rows in the workspace's compute type, (rows, features), owned by the scope. */
  default Tensor lookUp(Workspace workspace, Tensor rows, Scope owner) {
    try (Scope work = owner.child()) {
      return rows(work.operators(), rows).copy(workspace, workspace.type(), owner);
    }
  }
}
