package io.telecomllm.tensor;

import io.telecomllm.Internal;

/**
 * The operators of attention and of its rotary embedding; {@link Operators} tells who owns their
 * results.
 */
@Internal
public final class AttentionOperators {
  private final Operators ops;

  AttentionOperators(Operators ops) {
    this.ops = ops;
  }

  /** Says which kernel computes attention on a device. */
  public static String describe(Device device, DataType type) {
    if (!FusedAttention.hasChoice(device)) {
      return "libtorch's fused kernel";
    }
    return FusedAttention.works(device, type)
        ? "libtorch's fused kernel, which gives what plain products give"
        : "plain products; libtorch's fused kernel is absent here or gives something else";
  }

  /**
   * Returns the cosines and sines of position times inverse frequency, multiplied by {@code scale};
   * each (rows, rotated / 2) in fp32.
   *
   * @param positions (rows), int64
   * @param frequencies (n, rotated / 2), fp32: n sets of inverse frequencies
   * @param which (rows), int64: the set that each row uses
   */
  public Operators.Pair ropeTable(
      Tensor positions, Tensor frequencies, Tensor which, double scale) {
    return ops.pair("rope_table", positions, frequencies, which, scale);
  }

  /**
   * Rotates the first {@code heads} heads of x (rows, heads * size); the backward pass rotates with
   * -sin.
   */
  public void rotateInPlace(Tensor x, Tensor cos, Tensor sin, long heads, long size) {
    Operators.run("rotate_", x, cos, sin, heads, size);
  }

  /**
   * Computes attention.
   *
   * @param q (rows, heads, size)
   * @param k (keys, kv heads, size)
   * @param v (keys, kv heads, size)
   * @param scale the factor of the products of queries and keys
   * @param keep whether to keep all probabilities for the backward pass: faster, but they take one
   *     value per head, query and key of its segment
   * @return the output (rows, heads, size) and what the backward pass needs: the probabilities,
   *     flat in the compute type, or the log-sums (heads, rows) in fp32 to compute them again from
   */
  public Operators.Pair attend(
      Tensor q, Tensor k, Tensor v, Segments segments, double scale, boolean keep) {
    Device device = ops.device();
    // the type of a tensor costs a call
    boolean fused =
        !keep
            && FusedAttention.hasChoice(device)
            && FusedAttention.works(device, Operators.type(q));
    return attend(q, k, v, segments, scale, keep, fused);
  }

  /**
   * The same, with a choice of the kernel on a GPU.
   *
   * @param fused whether to use libtorch's fused one where the shapes allow it
   */
  Operators.Pair attend(
      Tensor q, Tensor k, Tensor v, Segments segments, double scale, boolean keep, boolean fused) {
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
        keep,
        fused);
  }

  /**
   * Computes attention of every row to all rows of its own text, as encoders do. Texts of one
   * length form a group, so that no row is padding: group i is the next {@code counts[i]} texts of
   * {@code lengths[i]} rows each.
   *
   * @param qkv (rows, 3 heads * size): queries, keys and values, each of all heads
   * @return (rows, heads * size)
   */
  public Tensor bothWays(Tensor qkv, long[] counts, long[] lengths, long heads) {
    return ops.tensor("attention_both_ways", qkv, counts, lengths, heads);
  }

  /**
   * Writes the gradients of q to gq (rows, heads, size), and those of k and v to gkv (keys, 2 kv
   * heads, size), k's heads before v's; both may be views.
   *
   * @param g the gradient of the output, (rows, heads, size)
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
