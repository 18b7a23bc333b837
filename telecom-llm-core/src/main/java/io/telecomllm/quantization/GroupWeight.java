package io.telecomllm.quantization;

import static com.google.common.base.Preconditions.checkArgument;

import io.telecomllm.Internal;
import io.telecomllm.tensor.DataType;
import io.telecomllm.tensor.Operators;
import io.telecomllm.tensor.Tensor;

/**
 * A weight for answering: few rows at a time are multiplied with its codes as they are, at the
 * speed of reading them, for which libtorch has an operator on CPUs. For more rows it is unpacked.
 * Its values are (code - 8) * scale + zero, with scale and zero in BFLOAT16 for each group of 32
 * columns; a code of 8 bits is the sum of two such values.
 *
 * @param out the number of output features, a multiple of 64
 * @param in the number of input features, a multiple of 32
 * @param bits the size of a code, 4 or 8
 * @param packed (out, in * bits / 8), uint8, laid out by libtorch
 * @param scales (in * bits / 128, out, 2), bf16: scales and zeros
 */
@Internal
public record GroupWeight(int out, int in, int bits, Tensor packed, Tensor scales)
    implements Weight {
  /** The number of columns with a common scale. */
  static final int GROUP = 32;

  /**
   * The largest number of rows that are multiplied without unpacking. Measured with bf16 products
   * of AVX512: unpacking and multiplying take as long for 75 rows of 4-bit codes, 50 of 8-bit ones.
   */
  static final int FEW = 48;

  /** Checks the sizes against each other. */
  public GroupWeight {
    checkArgument(fits(out, in), "%s x %s, must be multiples of 64 and 32", out, in);
    checkArgument(bits == 4 || bits == 8, "bits are %s, must be 4 or 8", bits);
    checkArgument(
        packed.size(0) == out && packed.size(1) == packedColumns(in, bits),
        "%s bytes do not hold %s x %s codes of %s bits",
        packed.elements(),
        out,
        in,
        bits);
    checkArgument(
        scales.elements() == packed.elements() / GROUP * 4,
        "%s scales and zeros for %s bytes of codes",
        scales.elements(),
        packed.elements());
  }

  /** Returns whether a matrix of this size can be such a weight. */
  public static boolean fits(int out, int in) {
    return out % GroupLayout.ROWS == 0 && in % GROUP == 0;
  }

  static int packedColumns(int in, int bits) {
    return in / 8 * bits;
  }

  @Override
  public Tensor product(Workspace workspace, Operators ops, Tensor x, int from, int count) {
    return few(workspace, x, count)
        ? ops.packing().groupLinear(x, packed, scales)
        : Weight.super.product(workspace, ops, x, from, count);
  }

  /** The product of few rows is rounded to bf16 before it is added, as in PEFT. */
  @Override
  public void addProductInPlace(
      Workspace workspace, Operators ops, Tensor y, Tensor x, int from, int count) {
    if (few(workspace, x, count)) {
      try (Tensor product = ops.packing().groupLinear(x, packed, scales)) {
        ops.addInPlace(y, product, 1);
      }
    } else {
      Weight.super.addProductInPlace(workspace, ops, y, x, from, count);
    }
  }

  private boolean few(Workspace workspace, Tensor x, int count) {
    return workspace.type() == DataType.BFLOAT16 && x.size(0) <= FEW && count == out;
  }

  @Override
  public Tensor dense(Workspace workspace) {
    return GroupUnpacking.of(this, 0, out).dense(workspace);
  }

  @Override
  public Tensor dense(Workspace workspace, Operators views, int from, int count) {
    return GroupUnpacking.of(this, from, count).dense(workspace);
  }

  @Override
  public Tensor exact(Workspace workspace, Operators views, int from, int count) {
    GroupUnpacking rows = GroupUnpacking.of(this, from, count);
    return workspace.type() == DataType.FLOAT32
        ? rows.dense(workspace)
        : rows.exact(workspace, views);
  }

  @Override
  public int step() {
    return GroupPacking.step(out, in);
  }

  @Override
  public long bytes() {
    return packed.elements() + DataType.BFLOAT16.bytes() * scales.elements();
  }
}
