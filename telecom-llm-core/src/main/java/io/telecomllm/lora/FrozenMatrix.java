package io.telecomllm.lora;

import io.telecomllm.Internal;
import io.telecomllm.tensor.Operators;
import io.telecomllm.tensor.Tensor;

/** A frozen matrix W (out, in) that multiplies the rows of x, whatever form it is kept in. */
@Internal
public interface FrozenMatrix {
  /** Returns the number of outputs. */
  int out();

  /** Returns W in the compute type, to be used at once. */
  Tensor values();

  /** Returns x W^T, (rows, out). */
  Tensor product(Tensor x);

  /** Computes y (rows, out) += x W^T. */
  void addProductInPlace(Tensor y, Tensor x);

  /** Returns the matrix with these values. */
  static FrozenMatrix of(Operators ops, Tensor values) {
    return new FrozenMatrix() {
      @Override
      public int out() {
        return values.size(0);
      }

      @Override
      public Tensor values() {
        return values;
      }

      @Override
      public Tensor product(Tensor x) {
        return ops.linear(x, values);
      }

      @Override
      public void addProductInPlace(Tensor y, Tensor x) {
        ops.addLinearInPlace(y, x, values);
      }
    };
  }
}
