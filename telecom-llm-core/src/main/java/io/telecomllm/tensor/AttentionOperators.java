package io.telecomllm.tensor;

/** The operators of attention and of its rotary embedding; see {@link Operators}. */
public final class AttentionOperators {
  private final Operators ops;

  AttentionOperators(Operators ops) {
    this.ops = ops;
  }

  /**
   * cos and sin, each (rows, rotated / 2) in fp32, of position times inverse frequency, times
   * scale.
   *
   * @param frequencies (n, rotated / 2), fp32: n sets of inverse frequencies
   * @param which (rows), int64: which set a row takes
   */
  public Operators.Pair ropeTable(
      Tensor positions, Tensor frequencies, Tensor which, double scale) {
    return ops.pair("rope_table", positions, frequencies, which, scale);
  }

  /** Turns the first {@code heads} heads of x (rows, heads * size); the backward turns by -sin. */
  public void rotateInPlace(Tensor x, Tensor cos, Tensor sin, long heads, long size) {
    Operators.run("rotate_", x, cos, sin, heads, size);
  }

  /**
   * q (rows, heads, size), k and v (keys, kv heads, size).
   *
   * @param keep whether the backward is given all probabilities: faster, but they take a value for
   *     each head, query and key of its segment
   * @return the output (rows, heads, size) and what the backward wants: those probabilities, flat
   *     and in the compute type, or the log-sums (heads, rows) in fp32 to compute them from again
   */
  public Operators.Pair attend(
      Tensor q, Tensor k, Tensor v, Segments segments, double scale, boolean keep) {
    return ops.pair(
        "attention",
        q,
        k,
        v,
        segments.starts(),
        segments.lengths(),
        segments.keyStarts(),
        segments.keyLengths(),
        segments.keyCounts(),
        segments.window(),
        scale,
        keep);
  }

  /**
   * The gradients of q, k and v, written to gq (rows, heads, size) and to gkv (keys, 2 kv heads,
   * size), k's before v's; both may be views.
   *
   * @param kept the second result of {@link #attend}
   */
  public void backwardInPlace(
      Tensor gq,
      Tensor gkv,
      Tensor g,
      Tensor q,
      Tensor k,
      Tensor v,
      Tensor kept,
      Segments segments,
      double scale) {
    Operators.run(
        "attention_backward_",
        gq,
        gkv,
        g,
        q,
        k,
        v,
        kept,
        segments.starts(),
        segments.lengths(),
        segments.keyStarts(),
        segments.keyLengths(),
        segments.keyCounts(),
        segments.shared(),
        segments.window(),
        scale);
  }
}
