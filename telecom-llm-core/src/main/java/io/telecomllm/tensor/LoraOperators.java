package io.telecomllm.tensor;

import io.telecomllm.Internal;

/** The operators of adapters; {@link Operators} tells who owns their results. */
@Internal
public final class LoraOperators {
  private final Operators ops;

  LoraOperators(Operators ops) {
    this.ops = ops;
  }

  /**
   * Computes y[:, start : start + out] += scale (x a^T) b^T.
   *
   * @param y (rows, all outputs)
   * @param x (rows, in)
   * @param a (rank, in)
   * @param b (out, rank)
   * @param onto true to add to the values of y, false to overwrite them
   * @return x a^T (rows, rank), which the backward pass needs
   */
  public Tensor loraInPlace(
      Tensor y, Tensor x, Tensor a, Tensor b, long start, double scale, boolean onto) {
    return ops.tensor("lora_", y, x, a, b, start, scale, onto ? 1 : 0);
  }

  /**
   * Adds the gradients of a, b and x in {@link #loraInPlace} to ga and gb (fp32) and to gx.
   *
   * @param gx the gradient of x, (rows, in); {@link Operators#none()} if it is not needed
   * @param g the gradient of y, (rows, all outputs)
   * @param u the result of {@link #loraInPlace}
   * @param onto true to add to the values of gx, false to overwrite them
   */
  public void loraBackwardInPlace(
      Tensor gx,
      Tensor g,
      Tensor x,
      Tensor u,
      Tensor a,
      Tensor b,
      long start,
      double scale,
      boolean onto,
      Tensor ga,
      Tensor gb) {
    Operators.run("lora_backward_", gx, g, x, u, a, b, start, scale, onto ? 1 : 0, ga, gb);
  }

  /**
   * Adds the gradient of x in {@link #loraInPlace} for frozen a and b to gx, unless gx is empty.
   */
  public void loraInputBackwardInPlace(
      Tensor gx, Tensor g, Tensor a, Tensor b, long start, double scale) {
    Operators.run("lora_input_backward_", gx, g, a, b, start, scale);
  }

  /**
   * Returns the lengths of the rows of w + scale b a, (out) in fp32, without computing that matrix.
   *
   * @param w (out, in)
   * @param a (rank, in)
   * @param b (out, rank)
   */
  public Tensor adaptedRowNorms(Tensor w, Tensor a, Tensor b, double scale) {
    return ops.tensor("adapted_row_norms", w, a, b, scale);
  }

  /** Computes x *= m / n; m and n in fp32, of the size of x's last dimension, or columns. */
  public void multiplyByRatioInPlace(Tensor x, Tensor m, Tensor n) {
    Operators.run("multiply_by_ratio_", x, m, n);
  }

  /**
   * Computes gm (out, fp32) += the sum over rows of g * z / n, the gradient of m in y = z m / n.
   */
  public void magnitudeBackwardInPlace(Tensor gm, Tensor g, Tensor z, Tensor n) {
    Operators.run("magnitude_backward_", gm, g, z, n);
  }

  /**
   * Approximates the largest singular values of a matrix and their vectors by the subspace
   * iteration of Halko et al. 2011.
   *
   * @param w (out, in), fp32
   * @param rank the number of singular values, 1 to the smaller dimension of w
   * @param seed the seed of the random subspace to start from
   * @return (out, rank) and (rank, in), the vectors times the square roots of the singular values:
   *     their product is the best approximation of this rank
   */
  public Operators.Pair lowRankApproximation(Tensor w, int rank, long seed) {
    int smaller = Math.min(w.size(0), w.size(1));
    // twice as wide as needed: close singular values then converge in few iterations
    int width = Math.min(smaller, rank + Math.max(rank, 16));
    Tensor start = ops.empty(DataType.FLOAT32, w.size(1), width);
    ops.normalInPlace(start, 1, seed);
    Operators.Pair result = ops.pair("low_rank_approximation", w, start, rank, 20);
    start.close();
    return result;
  }
}
