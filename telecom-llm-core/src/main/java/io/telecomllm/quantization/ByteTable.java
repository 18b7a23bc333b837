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
            long values = (long) count * blocks.in();
            Operators.Pair piece =
                ops.packing()
                    .toBytes(
                        blocks.operator(),
                        blocks.blocks(ops, from, count),
                        workspace.room(values).words(ops, values),
                        count);
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
    return unpack(workspace, 0, out());
  }

  @Override
  public Tensor dense(Workspace workspace, Operators views, int from, int count) {
    return unpack(workspace, from, count);
  }

  @Override
  public Tensor exact(Workspace workspace, Operators views, int from, int count) {
    if (workspace.type() == DataType.FLOAT32) {
      return unpack(workspace, from, count);
    }
    Tensor values = views.empty(DataType.FLOAT32, count, in());
    unpack(workspace, views.reshape(values, (long) count * in()), views, from, count, true);
    return values;
  }

  private Tensor unpack(Workspace workspace, int from, int count) {
    boolean floats = workspace.type() == DataType.FLOAT32;
    return workspace.unpacked(
        (long) count * in(),
        (values, views) -> {
          unpack(workspace, values, views, from, count, floats);
          return views.reshape(values, count, in());
        });
  }

  /** Writes rows to flat values, in place if these are floats. */
  private void unpack(
      Workspace workspace, Tensor values, Operators views, int from, int count, boolean floats) {
    int step = Math.min(step(), count);
    for (int row = 0; row < count; row += step) {
      int some = Math.min(step, count - row);
      long elements = (long) some * in();
      try (Tensor part = views.narrow(values, 0, (long) row * in(), elements);
          Tensor own = views.narrow(codes, 0, from + row, some);
          Tensor scale = views.narrow(scales, 0, from + row, some)) {
        Tensor room = floats ? part : workspace.room((long) step * in()).floats();
        views.packing().unpackBytesInPlace(part, own, scale, room);
      }
    }
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
