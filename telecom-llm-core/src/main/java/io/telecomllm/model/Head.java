package io.telecomllm.model;

import io.telecomllm.Internal;
import io.telecomllm.lora.Gradients;
import io.telecomllm.quantization.ByteTable;
import io.telecomllm.quantization.DenseWeight;
import io.telecomllm.quantization.Int8Weight;
import io.telecomllm.quantization.Table;
import io.telecomllm.quantization.Workspace;
import io.telecomllm.tensor.DataType;
import io.telecomllm.tensor.Operators;
import io.telecomllm.tensor.Scope;
import io.telecomllm.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * Turns hidden states into logits: h weight^T + bias. Loss and scoring apply it only to the rows
 * whose logits they need. A packed matrix is unpacked piece by piece of the vocabulary.
 *
 * @param weightName the name of the weight's gradient
 * @param weight (vocabulary, hidden size)
 * @param biasName the name of the bias's gradient
 * @param bias (vocabulary), fp32; null if there is none
 * @param whole the same matrix in the form from which the logits of all tokens are computed without
 *     a backward pass; null if they are computed from {@code weight}
 */
@Internal
public record Head(
    String weightName,
    Table weight,
    String biasName,
    @Nullable Tensor bias,
    @Nullable Int8Weight whole) {
  /** Creates a head whose logits are computed from {@code weight}. */
  public Head(String weightName, Table weight, String biasName, @Nullable Tensor bias) {
    this(weightName, weight, biasName, bias, null);
  }

  /** Returns the logits (rows, vocabulary) in fp32 of h (rows, hidden size). */
  public Tensor logits(Workspace workspace, Scope owner, Tensor h) {
    if (whole != null) {
      Tensor logits = whole.preciseProduct(owner.operators(), h);
      if (bias != null) {
        owner.operators().biasInPlace(logits, bias);
      }
      return logits;
    }
    return logits(workspace, owner, h, weight, bias);
  }

  /**
   * Returns the logits (rows, ids) in fp32 of h (rows, hidden size) for some tokens only.
   *
   * @param ids the tokens
   */
  public Tensor logits(Workspace workspace, Scope owner, Tensor h, long... ids) {
    try (Scope work = owner.child()) {
      Operators ops = work.operators();
      Tensor rows = ops.longs(ids);
      Tensor some = bias == null ? null : ops.selectRows(bias, rows);
      return logits(workspace, owner, h, weight.rows(ops, rows), some);
    }
  }

  /**
   * Returns the gradient of h, (rows, hidden size), given that of its logits for some tokens. Adds
   * to the gradients of the head's weight and bias if they are trained.
   *
   * @param g (rows, ids), fp32
   * @param ids the tokens, which are distinct
   */
  public Tensor logitsBackward(
      Workspace workspace, Scope owner, Tensor h, Tensor g, Gradients gradients, long... ids) {
    try (Scope work = owner.child()) {
      Operators ops = work.operators();
      Tensor rows = ops.longs(ids);
      Tensor own = ops.to(g, workspace.type());
      Tensor gWeight = gradient(ops, gradients, weightName);
      if (gWeight.elements() > 0) {
        Tensor some = ops.zeros(DataType.FLOAT32, ids.length, weight.in());
        ops.linearWeightBackwardInPlace(some, own, h);
        ops.addRowsInPlace(gWeight, rows, some);
      }
      Tensor gBias = gradient(ops, gradients, biasName);
      if (gBias.elements() > 0) {
        Tensor some = ops.zeros(DataType.FLOAT32, ids.length);
        ops.biasBackwardInPlace(some, g);
        ops.addRowsInPlace(gBias, rows, some);
      }
      return owner.operators().linearBackward(own, weight.lookUp(workspace, rows, work));
    }
  }

  private static Tensor logits(
      Workspace workspace, Scope owner, Tensor h, Table table, @Nullable Tensor bias) {
    int all = table.out();
    Operators result = owner.operators();
    if (table instanceof ByteTable bytes) {
      Tensor own = bias == null ? result.none() : bias;
      return result.packing().byteLogits(h, bytes.codes(), bytes.scales(), own);
    }
    if (table.step() >= all) {
      Tensor w = table.exact(workspace, result, 0, all);
      return result.logits(h, w, bias == null ? result.none() : bias);
    }
    Tensor logits = result.empty(DataType.FLOAT32, h.size(0), all);
    try (Scope work = owner.child()) {
      Operators ops = work.operators();
      Tensor exact = ops.to(h, DataType.FLOAT32);
      table.eachPiece(
          work,
          (piece, from, count) -> {
            Tensor w = table.exact(workspace, piece, from, count);
            piece.copyInPlace(piece.narrow(logits, 1, from, count), piece.linear(exact, w));
          });
      if (bias != null) {
        ops.biasInPlace(logits, bias);
      }
    }
    return logits;
  }

  /**
   * Returns the sum over rows of weight times cross-entropy, and its gradient with respect to h.
   * Adds to the gradients of the head's weight and bias if they are trained.
   *
   * @param h (rows, hidden size)
   * @param labels (rows), int64
   * @param weights (rows), fp32
   * @param chunk the number of rows whose logits are in memory at a time
   * @param smoothing see {@link Operators#crossEntropy}
   * @param gradients the gradients to add to; null if the head is frozen
   */
  public Operators.Pair crossEntropy(
      Workspace workspace,
      Scope owner,
      Tensor h,
      Tensor labels,
      Tensor weights,
      int chunk,
      double smoothing,
      @Nullable Gradients gradients) {
    Operators ops = owner.operators();
    Tensor gBias = gradient(ops, gradients, biasName);
    if (weight instanceof DenseWeight dense) {
      return ops.crossEntropy(
          h,
          dense.matrix(),
          bias == null ? ops.none() : bias,
          labels,
          weights,
          chunk,
          smoothing,
          gradient(ops, gradients, weightName),
          gBias);
    }
    // a packed matrix is frozen
    Tensor sum = ops.zeros(DataType.FLOAT32);
    Tensor gh = ops.empty(workspace.type(), h.shape());
    for (int row = 0; row < h.size(0); row += chunk) {
      try (Scope work = owner.child()) {
        Operators inner = work.operators();
        int count = Math.min(chunk, h.size(0) - row);
        Tensor y = logits(workspace, work, inner.narrow(h, 0, row, count), weight, bias);
        Tensor own = inner.narrow(labels, 0, row, count);
        Tensor loss =
            inner.crossEntropyInPlace(y, own, inner.narrow(weights, 0, row, count), smoothing);
        inner.addInPlace(sum, loss, 1);
        if (gBias.elements() > 0) {
          inner.biasBackwardInPlace(gBias, y);
        }
        inner.copyInPlace(inner.narrow(gh, 0, row, count), backward(workspace, work, y));
      }
    }
    return new Operators.Pair(sum, gh);
  }

  /** Returns the gradient of h in fp32, given that of its logits, (rows, vocabulary) in fp32. */
  private Tensor backward(Workspace workspace, Scope owner, Tensor g) {
    Tensor gh = owner.operators().zeros(DataType.FLOAT32, g.size(0), weight.in());
    weight.eachPiece(
        owner,
        (ops, from, count) -> {
          Tensor own = ops.to(ops.narrow(g, 1, from, count), workspace.type());
          Tensor w = weight.dense(workspace, ops, from, count);
          ops.addInPlace(gh, ops.linearBackward(own, w), 1);
        });
    return gh;
  }

  private static Tensor gradient(Operators ops, @Nullable Gradients gradients, String name) {
    Tensor gradient = gradients == null ? null : gradients.of(name);
    return gradient == null ? ops.none() : gradient;
  }
}
