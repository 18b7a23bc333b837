package io.telecomllm.quantization;

import io.telecomllm.Internal;
import io.telecomllm.tensor.DataType;
import io.telecomllm.tensor.Operators;
import io.telecomllm.tensor.Scope;
import io.telecomllm.tensor.Tensor;

/** A frozen matrix (out, in), such as that of a linear layer. Immutable and thread-safe. */
@Internal
public sealed interface Weight permits FourBitWeight, GroupWeight, Int8Weight, Int8Rows, Table {
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

  /** Returns the rows [from, from + count) as {@link #dense} does, which may be all. */
  default Tensor some(Workspace workspace, Operators views, int from, int count) {
    return count == out() ? dense(workspace) : dense(workspace, views, from, count);
  }

  /**
   * Returns x w^T (rows, count) for the rows [from, from + count) of this matrix.
   *
   * @param x (rows, in) in the workspace's compute type
   */
  default Tensor product(Workspace workspace, Operators ops, Tensor x, int from, int count) {
    return ops.linear(x, some(workspace, ops, from, count));
  }

  /** Computes y (rows, count) += x w^T for the rows [from, from + count) of this matrix. */
  default void addProductInPlace(
      Workspace workspace, Operators ops, Tensor y, Tensor x, int from, int count) {
    ops.addLinearInPlace(y, x, some(workspace, ops, from, count));
  }

  /** Returns the number of rows to take at a time, so that little memory is used: 1 to all. */
  int step();

  /** Computes with the rows [from, from + count) of a matrix. */
  @FunctionalInterface
  interface Piece {
    /**
     * Computes with some rows.
     *
     * @param ops what they return is freed afterwards
     */
    void compute(Operators ops, int from, int count);
  }

  /** Computes with all rows, {@link #step} at a time. */
  default void eachPiece(Scope owner, Piece piece) {
    for (int from = 0; from < out(); from += step()) {
      try (Scope work = owner.child()) {
        piece.compute(work.operators(), from, Math.min(step(), out() - from));
      }
    }
  }

  /** Returns a copy (out, in) in a type, rounded once, owned by the scope. */
  default Tensor copy(Workspace workspace, DataType type, Scope owner) {
    Tensor copy = owner.operators().empty(type, out(), in());
    eachPiece(
        owner,
        (ops, from, count) ->
            ops.copyInPlace(ops.narrow(copy, 0, from, count), exact(workspace, ops, from, count)));
    return copy;
  }

  /** Returns the size in memory in bytes. */
  long bytes();
}
