package io.telecomllm.quantization;

import io.telecomllm.DeviceException;
import io.telecomllm.Internal;
import io.telecomllm.InvalidDataException;
import io.telecomllm.tensor.DataType;
import io.telecomllm.tensor.Operators;
import io.telecomllm.tensor.Scope;
import io.telecomllm.tensor.Tensor;
import io.telecomllm.weights.Encoding;
import java.util.EnumSet;
import java.util.Set;

/**
 * Turns weights into {@link GroupWeight}s. The blocks of a GGUF file that have groups of 32 keep
 * their codes: those of 4 bits as they are, those of 5 and 8 bits as 8 bits. A dense matrix is
 * rounded to 4 bits. What was rounded before to other values than those of groups of 32 (6-bit
 * blocks, NF4) is rounded to 8 bits, which adds little to the first error, where 4 would add one as
 * large.
 */
@Internal
public final class GroupPacking {
  private static final Set<Encoding> FOUR_BITS =
      EnumSet.of(Encoding.Q4_0, Encoding.Q4_1, Encoding.Q4_K);
  private static final Set<Encoding> KEPT =
      EnumSet.of(
          Encoding.Q4_0,
          Encoding.Q4_1,
          Encoding.Q4_K,
          Encoding.Q5_0,
          Encoding.Q5_1,
          Encoding.Q5_K,
          Encoding.Q8_0);

  private GroupPacking() {}

  /** Returns whether libtorch has a fast product of such weights on this CPU. */
  public static boolean isSupported() {
    try {
      GroupLayout.block();
      return true;
    } catch (DeviceException e) {
      return false;
    }
  }

  /** Returns the number of rows to take at a time, whole blocks of the layout. */
  static int step(int out, int in) {
    return Math.min(out, Math.max(1, Workspace.PIECE / in / GroupLayout.ROWS) * GroupLayout.ROWS);
  }

  /**
   * Returns a weight for answering, owned by the scope.
   *
   * @param name what errors call it
   * @param weight its size must {@linkplain GroupWeight#fits fit}
   * @throws InvalidDataException naming it, if it holds NaN or infinity
   * @throws DeviceException if this CPU has no fast product
   */
  public static GroupWeight pack(String name, Weight weight, Scope scope) {
    GroupLayout.block();
    int out = weight.out();
    int in = weight.in();
    int bits = bits(weight);
    int columns = GroupWeight.packedColumns(in, bits);
    Operators owned = scope.operators();
    Tensor packed = owned.empty(DataType.UINT8, out, columns);
    Tensor scales = owned.empty(DataType.BFLOAT16, columns * 2L / GroupWeight.GROUP, out, 2);
    int step = step(out, in);
    try (Workspace workspace = new Workspace(scope.device(), DataType.FLOAT32)) {
      for (int from = 0; from < out; from += step) {
        try (Scope work = scope.child()) {
          Operators ops = work.operators();
          int count = Math.min(step, out - from);
          Operators.Pair piece = piece(weight, workspace, ops, from, count, bits);
          if (!Double.isFinite(ops.mean(piece.second()))) {
            throw new InvalidDataException(
                name + ": NaN or infinity in rows " + from + " to " + (from + count - 1));
          }
          ops.copyInPlace(ops.narrow(packed, 0, from, count), piece.first());
          ops.copyInPlace(ops.narrow(scales, 1, from, count), piece.second());
        }
      }
    }
    return new GroupWeight(out, in, bits, packed, scales);
  }

  private static int bits(Weight weight) {
    boolean four =
        weight instanceof DenseWeight
            || (weight instanceof BlockWeight block && FOUR_BITS.contains(block.encoding()));
    return four ? 4 : 8;
  }

  private static Operators.Pair piece(
      Weight weight, Workspace workspace, Operators ops, int from, int count, int bits) {
    if (weight instanceof BlockWeight block && KEPT.contains(block.encoding())) {
      long values = (long) count * block.in();
      return ops.packing()
          .regroup(
              block.operator(),
              block.blocks(ops, from, count),
              workspace.room(values).words(ops, values),
              workspace.table(block.encoding()),
              count);
    }
    Tensor values = weight.exact(workspace, ops, from, count);
    return ops.packing().quantizeGroups(ops.to(values, DataType.FLOAT32), bits);
  }
}
