package io.telecomllm.model;

import io.telecomllm.tensor.Operators;
import io.telecomllm.tensor.Tensor;
import java.util.stream.Stream;

/**
 * Norms over the features of each head of queries and keys, before they are rotated. All heads of a
 * layer share a weight.
 */
record HeadNorms(Norm query, Norm key) {
  /** Returns both norms. */
  Stream<Norm> all() {
    return Stream.of(query, key);
  }

  /**
   * Norms heads of x in place.
   *
   * @param x (rows, features of all heads)
   * @param first the first head that is normed
   * @param count the number of heads that are normed
   * @return what the backward pass needs: each head as a row, before and after
   */
  static Norm.Output normInPlace(Norm norm, Tensor x, int first, int count, Pass pass) {
    Operators ops = pass.ops();
    Tensor part = part(ops, x, first, count, pass.config());
    Norm.Output normed = norm.forward(rows(ops, part, pass.config()), pass);
    ops.copyInPlace(part, ops.reshape(normed.value(), part.shape()));
    return normed;
  }

  /** Turns the gradient of normed heads, in place, into that of the heads before the norm. */
  static void backwardInPlace(Norm.Output normed, Tensor g, int first, int count, Backward back) {
    Operators ops = back.ops();
    Tensor part = part(ops, g, first, count, back.pass().config());
    Tensor rows = rows(ops, part, back.pass().config());
    Tensor gx = normed.backward(rows, ops.multiply(rows, 0), back);
    ops.copyInPlace(part, ops.reshape(gx, part.shape()));
  }

  private static Tensor part(Operators ops, Tensor x, int first, int count, ModelConfig c) {
    return ops.narrow(x, 1, (long) first * c.headSize(), (long) count * c.headSize());
  }

  /** Returns a copy with a row for each head. */
  private static Tensor rows(Operators ops, Tensor part, ModelConfig c) {
    return ops.reshape(ops.copy(part), part.elements() / c.headSize(), c.headSize());
  }
}
