package io.telecomllm.quantization;

import static com.google.common.base.Preconditions.checkArgument;

import io.telecomllm.Internal;
import io.telecomllm.tensor.DataType;
import io.telecomllm.tensor.Operators;
import io.telecomllm.tensor.Scope;
import io.telecomllm.tensor.Tensor;
import io.telecomllm.weights.Encoding;

/**
 * A head for answering: the 6- and 8-bit blocks of a GGUF file as one byte a value, which takes up
 * to half as much memory again and is unpacked in a quarter of the time. The values are the same.
 *
 * @param codes (out, in), int8
 * @param scales (out, groups), fp32: of each group of columns
 */
@Internal
public record ByteTable(Tensor codes, Tensor scales) implements Table {
  /** Checks the sizes against each other. */
  public ByteTable {
    checkArgument(
        scales.size(0) == codes.size(0) && codes.size(1) % scales.size(1) == 0,
        "%s x %s scales do not divide %s x %s codes",
        scales.size(0),
        scales.size(1),
        codes.size(0),
        codes.size(1));
  }

  /** Returns whether a weight can be such a table. */
  public static boolean fits(Table table) {
    return table instanceof BlockWeight block
        && (block.encoding() == Encoding.Q6_K || block.encoding() == Encoding.Q8_0);
  }

  /** Returns a weight that {@linkplain #fits fits} in this form, owned by the scope. */
  public static ByteTable of(BlockWeight blocks, Scope scope) {
    checkArgument(fits(blocks), "%s is neither Q6_K nor Q8_0", blocks.encoding());
    int group = blocks.encoding() == Encoding.Q6_K ? 16 : 32;
    Operators owned = scope.operators();
    Tensor codes = owned.empty(DataType.INT8, blocks.out(), blocks.in());
    Tensor scales = owned.empty(DataType.FLOAT32, blocks.out(), blocks.in() / group);
    try (Workspace workspace = new Workspace(scope.device(), DataType.FLOAT32)) {
      blocks.eachPiece(
          scope,
          (ops, from, count) -> {
            Operators.Pair piece = workspace.toBytes(blocks, ops, from, count);
            ops.copyInPlace(ops.narrow(codes, 0, from, count), piece.first());
            ops.copyInPlace(ops.narrow(scales, 0, from, count), piece.second());
          });
    }
    return new ByteTable(codes, scales);
  }

  @Override
  public int out() {
    return codes.size(0);
  }

  @Override
  public int in() {
    return codes.size(1);
  }

  @Override
  public Tensor dense(Workspace workspace) {
    return workspace.unpack(this, 0, out());
  }

  @Override
  public Tensor dense(Workspace workspace, Operators views, int from, int count) {
    return workspace.unpack(this, from, count);
  }

  @Override
  public Tensor exact(Workspace workspace, Operators views, int from, int count) {
    return workspace.exact(this, views, from, count);
  }

  @Override
  public int step() {
    return Math.max(1, Math.min(out(), Workspace.PIECE / in()));
  }

  @Override
  public Table rows(Operators ops, Tensor rows) {
    return new ByteTable(ops.selectRows(codes, rows), ops.selectRows(scales, rows));
  }

  @Override
  public long bytes() {
    return codes.elements() + Float.BYTES * scales.elements();
  }
}
