package io.telecomllm.tensor;

/** The operators of adapters; see {@link Operators}. */
public final class LoraOperators {
  private final Operators ops;

  LoraOperators(Operators ops) {
    this.ops = ops;
  }

  /**
   * y[:, start : start + out] += scale (x a^T) b^T with a (rank, in), b (out, rank).
   *
   * @param onto whether it is added to what y holds, else it is written there
   * @return x a^T, which the backward wants
   */
  public Tensor loraInPlace(
      Tensor y, Tensor x, Tensor a, Tensor b, long start, double scale, boolean onto) {
    return ops.tensor("lora_", y, x, a, b, start, scale, onto ? 1 : 0);
  }

  /**
   * Adds to the fp32 gradients ga and gb, and to gx unless that is {@link Operators#none()}.
   *
   * @param onto whether it is added to what gx holds, else it is written there
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

  /** The backward of {@link #loraInPlace} for frozen a and b: adds to gx unless it is empty. */
  public void loraInputBackwardInPlace(
      Tensor gx, Tensor g, Tensor a, Tensor b, long start, double scale) {
    Operators.run("lora_input_backward_", gx, g, a, b, start, scale);
  }

  /**
   * The lengths of the rows of w + scale b a, (out) in fp32, without that matrix.
   *
   * @param w (out, in)
   * @param a (rank, in)
   * @param b (out, rank)
   */
  public Tensor adaptedRowNorms(Tensor w, Tensor a, Tensor b, double scale) {
    return ops.tensor("adapted_row_norms", w, a, b, scale);
  }

  /** x *= m / n, m and n in fp32 of the size of x's last dimension, or columns. */
  public void multiplyByRatioInPlace(Tensor x, Tensor m, Tensor n) {
    Operators.run("multiply_by_ratio_", x, m, n);
  }

  /** gm (out, fp32) += the sum over rows of g * z / n: the gradient of m in y = z m / n. */
  public void magnitudeBackwardInPlace(Tensor gm, Tensor g, Tensor z, Tensor n) {
    Operators.run("magnitude_backward_", gm, g, z, n);
  }

  /**
   * The largest singular values of w (out, in), fp32, and their vectors, approximately: the
   * subspace iteration of Halko et al. 2011.
   *
   * @param rank how many, 1 to the smaller side of w
   * @param seed of the random subspace that it begins with
   * @return (out, rank) and (rank, in), each the vectors times the roots of the singular values:
   *     their product is the best approximation of that rank
   */
  public Operators.Pair lowRankApproximation(Tensor w, int rank, long seed) {
    int smaller = Math.min(w.size(0), w.size(1));
    // twice as wide as wanted: then close singular values cost few iterations
    int width = Math.min(smaller, rank + Math.max(rank, 16));
    Tensor start = ops.empty(DataType.FLOAT32, w.size(1), width);
    ops.normalInPlace(start, 1, seed);
    Operators.Pair result = ops.pair("low_rank_approximation", w, start, rank, 20);
    start.close();
    return result;
  }
}
