package io.telecomllm.embedding;

import io.telecomllm.tensor.Operators;
import io.telecomllm.tensor.Tensor;

/**
 * A layer: attention of all rows of a text to each other, then a feed-forward; a norm follows each
 * sum.
 *
 * @param qkv queries, keys and values in one product: (hidden) to (3 hidden)
 * @param output (hidden) to (hidden)
 * @param up (hidden) to (intermediate)
 * @param down (intermediate) to (hidden)
 */
record EncoderLayer(
    int heads, Affine qkv, Affine output, LayerNorm first, Affine up, Affine down, LayerNorm last) {
  /**
   * A linear layer with a bias.
   *
   * @param weight (out, in) in the compute type
   * @param bias (out) in the compute type; to add one in fp32 takes longer than the product
   */
  record Affine(Tensor weight, Tensor bias) {
    /** Returns x w^T + b (rows, out) for x (rows, in). */
    Tensor of(Operators ops, Tensor x) {
      Tensor y = ops.linear(x, weight);
      ops.biasInPlace(y, bias);
      return y;
    }
  }

  /**
   * A LayerNorm.
   *
   * @param weight (hidden), fp32
   * @param bias (hidden), fp32
   */
  record LayerNorm(Tensor weight, Tensor bias, double epsilon) {
    /** Returns the normed rows (rows, hidden). */
    Tensor of(Operators ops, Tensor x) {
      return ops.layerNorm(x, weight, bias, epsilon);
    }
  }

  /** Returns the rows (rows, hidden) after this layer. */
  Tensor forward(Operators ops, Tensor x, TextBatch texts) {
    Tensor attended =
        ops.attention().bothWays(qkv.of(ops, x), texts.counts(), texts.lengths(), heads);
    Tensor between = output.of(ops, attended);
    ops.addInPlace(between, x, 1);
    Tensor normed = first.of(ops, between);
    Tensor result = down.of(ops, ops.gelu(up.of(ops, normed)));
    ops.addInPlace(result, normed, 1);
    return last.of(ops, result);
  }
}
