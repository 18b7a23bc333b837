package io.telecomllm.quantization;

import io.telecomllm.Internal;
import io.telecomllm.tensor.DataType;
import io.telecomllm.tensor.Operators;
import io.telecomllm.tensor.Scope;
import io.telecomllm.tensor.Tensor;

/** A frozen matrix (out, in), such as that of a linear layer. Immutable and thread-safe. */
@Internal
public sealed interface Weight permits FourBitWeight, Table {
  /** Returns the number of output features. */
  int out();

  /** Returns the number of input features. */
  int in();

  /**
   * Returns the matrix (out, in) in the workspace's compute type. It is valid until the workspace
   * unpacks another weight, so use it at once.
   */
  Tensor dense(Workspace workspace);

  /**
   * Returns the rows [from, from + count) of the matrix, (count, in), in the workspace's compute
   * type. They are valid until the workspace unpacks another weight.
   *
   * @param views its scope owns the result if that is a view of a larger matrix
   */
  Tensor dense(Workspace workspace, Operators views, int from, int count);

  /**
   * Returns the same rows in a type that holds their values exactly, which is the workspace's only
   * for weights that are defined in it. They are valid until the workspace unpacks another weight.
   */
  Tensor exact(Workspace workspace, Operators views, int from, int count);

  /** Returns the number of rows to take at a time, so that little memory is used: 1 to all. */
  int step();

  /** Returns a copy (out, in) in a type, rounded once, owned by the scope. */
  default Tensor copy(Workspace workspace, DataType type, Scope owner) {
    Tensor copy = owner.operators().empty(type, out(), in());
    for (int row = 0; row < out(); row += step()) {
      try (Scope work = owner.child()) {
        Operators ops = work.operators();
        int count = Math.min(step(), out() - row);
        ops.copyInPlace(ops.narrow(copy, 0, row, count), exact(workspace, ops, row, count));
      }
    }
    return copy;
  }

  /** Returns the size in memory in bytes. */
  long bytes();
}
