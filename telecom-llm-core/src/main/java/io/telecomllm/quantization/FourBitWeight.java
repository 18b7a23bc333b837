package io.telecomllm.quantization;

import static com.google.common.base.Preconditions.checkArgument;

import io.telecomllm.Internal;
import io.telecomllm.tensor.Operators;
import io.telecomllm.tensor.Scope;
import io.telecomllm.tensor.Tensor;

/**
 * A weight of 4-bit codes, two per byte, in blocks with one scale each.
 *
 * @param code the data type of the codes
 * @param out the number of output features
 * @param in the number of input features
 * @param block the number of codes in a block; a multiple of 4
 * @param packed (out * in / 2), uint8, row-major, the first code of a pair in the high bits
 * @param scales the largest magnitude of each block
 */
@Internal
public record FourBitWeight(
    FourBitCode code, int out, int in, int block, Tensor packed, BlockScales scales)
    implements Weight {
  /** Checks the sizes against each other. */
  public FourBitWeight {
    checkArgument(
        block > 0 && block % 4 == 0, "block is %s, must be a positive multiple of 4", block);
    long elements = (long) out * in;
    checkArgument(
        elements % block == 0, "%s x %s is not a multiple of the block size %s", out, in, block);
    checkArgument(
        packed.elements() == elements / 2,
        "%s bytes do not hold %s x %s codes",
        packed.elements(),
        out,
        in);
    checkArgument(
        scales.count() == elements / block,
        "%s scales for %s blocks",
        scales.count(),
        elements / block);
  }

  @Override
  public Tensor dense(Workspace workspace) {
    return workspace.unpack(this, 0, out);
  }

  @Override
  public Tensor dense(Workspace workspace, Operators views, int from, int count) {
    // a block may contain the end of one row and the beginning of the next
    boolean whole = (long) from * in % block == 0 && (long) count * in % block == 0;
    return whole
        ? workspace.unpack(this, from, count)
        : views.narrow(dense(workspace), 0, from, count);
  }

  @Override
  public Tensor exact(Workspace workspace, Operators views, int from, int count) {
    // as in bitsandbytes, the values are those in the compute type
    return dense(workspace, views, from, count);
  }

  @Override
  public int step() {
    return out;
  }

  @Override
  public long bytes() {
    return packed.elements() + scales.bytes();
  }

  /** Returns the matrix in fp32 as a new tensor, owned by the scope. */
  Tensor toFloats(Scope scope) {
    Operators ops = scope.operators();
    try (Workspace workspace =
        new Workspace(scope.device(), io.telecomllm.tensor.DataType.FLOAT32)) {
      return ops.copy(dense(workspace));
    }
  }
}
