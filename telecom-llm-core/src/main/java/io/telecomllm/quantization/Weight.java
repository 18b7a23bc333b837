package io.telecomllm.quantization;

import io.telecomllm.Internal;
import io.telecomllm.tensor.Operators;
import io.telecomllm.tensor.Tensor;

/** The frozen matrix (out, in) of a linear layer. Immutable and thread-safe. */
@Internal
public sealed interface Weight permits DenseWeight, FourBitWeight, BlockWeight {
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

  /** Returns the size in memory in bytes. */
  long bytes();
}
