package io.telecomllm.quantization;

import static com.google.common.base.Preconditions.checkArgument;

import io.telecomllm.Internal;
import io.telecomllm.tensor.Operators;
import io.telecomllm.tensor.Tensor;

/**
 * Rows of a larger weight: a linear layer that is computed together with others of the same input.
 *
 * @param all the larger weight
 * @param first the first row
 * @param out the number of rows
 */
@Internal
public record Int8Rows(Int8Weight all, int first, int out) implements Weight {
  /** Checks the range. */
  public Int8Rows {
    checkArgument(
        first >= 0 && out > 0 && first + out <= all.out(),
        "rows %s to %s of %s",
        first,
        first + out - 1,
        all.out());
  }

  @Override
  public int in() {
    return all.in();
  }

  @Override
  public Tensor dense(Workspace workspace) {
    return all.rows(workspace, first, out);
  }

  @Override
  public Tensor dense(Workspace workspace, Operators views, int from, int count) {
    return all.dense(workspace, views, first + from, count);
  }

  @Override
  public Tensor exact(Workspace workspace, Operators views, int from, int count) {
    return all.exact(workspace, views, first + from, count);
  }

  @Override
  public Tensor product(Workspace workspace, Operators ops, Tensor x, int from, int count) {
    return all.product(workspace, ops, x, first + from, count);
  }

  @Override
  public void addProductInPlace(
      Workspace workspace, Operators ops, Tensor y, Tensor x, int from, int count) {
    all.addProductInPlace(workspace, ops, y, x, first + from, count);
  }

  @Override
  public int step() {
    return Math.min(out, all.step());
  }

  @Override
  public long bytes() {
    return all.bytes() / all.out() * out;
  }
}
