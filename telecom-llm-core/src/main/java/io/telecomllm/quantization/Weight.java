package io.telecomllm.quantization;

import io.telecomllm.tensor.Operators;
import io.telecomllm.tensor.Tensor;

/** A frozen matrix (out, in) of a linear layer. Immutable and shared by threads. */
public sealed interface Weight permits DenseWeight, FourBitWeight {
  /** The number of output features. */
  int out();

  /** The number of input features. */
  int in();

  /**
   * The matrix (out, in) in the workspace's compute type. It is valid until the workspace is asked
   * again, so a caller uses it at once.
   */
  Tensor dense(Workspace workspace);

  /**
   * Its rows [from, from + count) alone, (count, in); as {@link #dense(Workspace)} otherwise.
   *
   * @param views own the result where it is a part of a larger one
   */
  Tensor dense(Workspace workspace, Operators views, int from, int count);

  /** The memory it holds, in bytes. */
  long bytes();
}
