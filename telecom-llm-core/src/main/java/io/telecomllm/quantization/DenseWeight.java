package io.telecomllm.quantization;

import io.telecomllm.Internal;
import io.telecomllm.tensor.DataType;
import io.telecomllm.tensor.Operators;
import io.telecomllm.tensor.Scope;
import io.telecomllm.tensor.Tensor;

/**
 * A weight stored in the compute type.
 *
 * @param matrix (out, in)
 * @param type its element type
 */
@Internal
public record DenseWeight(Tensor matrix, DataType type) implements Table {
  @Override
  public int out() {
    return matrix.size(0);
  }

  @Override
  public int in() {
    return matrix.size(1);
  }

  @Override
  public Tensor dense(Workspace workspace) {
    return matrix;
  }

  @Override
  public Tensor dense(Workspace workspace, Operators views, int from, int count) {
    return views.narrow(matrix, 0, from, count);
  }

  @Override
  public Tensor exact(Workspace workspace, Operators views, int from, int count) {
    return dense(workspace, views, from, count);
  }

  @Override
  public int step() {
    return out();
  }

  @Override
  public Table rows(Operators ops, Tensor rows) {
    return new DenseWeight(ops.selectRows(matrix, rows), type);
  }

  @Override
  public Tensor lookUp(Workspace workspace, Tensor rows, Scope owner) {
    return owner.operators().embed(matrix, rows, workspace.type());
  }

  @Override
  public long bytes() {
    return matrix.elements() * type.bytes();
  }
}
