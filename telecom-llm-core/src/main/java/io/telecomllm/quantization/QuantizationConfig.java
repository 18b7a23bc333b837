package io.telecomllm.quantization;

import static com.google.common.base.Preconditions.checkArgument;

import io.telecomllm.tensor.DataType;
import io.telecomllm.tensor.Operators;
import io.telecomllm.tensor.Scope;
import io.telecomllm.tensor.Tensor;

/**
 * How linear layers are packed.
 *
 * @param code NF4 or FP4
 * @param doubleQuantization whether the scales are quantised too
 * @param block weights a scale; bitsandbytes takes 64
 */
public record QuantizationConfig(FourBitCode code, boolean doubleQuantization, int block) {
  private static final int PIECE = 1 << 22;

  /** Checks the block size. */
  public QuantizationConfig {
    checkArgument(
        block >= 32 && block <= 4096 && Integer.bitCount(block) == 1,
        "block %s is no power of two from 32 to 4096",
        block);
  }

  /** QLoRA's own: NF4, double quantised, blocks of 64. */
  public static QuantizationConfig nf4() {
    return new QuantizationConfig(FourBitCode.NF4, true, 64);
  }

  /**
   * Packs a matrix (out, in) of any floating type; the result belongs to the scope. It works
   * through the rows in pieces, so that it needs little memory beside the matrix.
   */
  public FourBitWeight quantize(Tensor matrix, Scope scope) {
    int out = matrix.size(0);
    int in = matrix.size(1);
    checkArgument(
        (long) out * in % block == 0,
        "%s x %s is no multiple of the block size %s",
        out,
        in,
        block);
    Operators owned = scope.operators();
    Tensor packed = owned.empty(DataType.UINT8, (long) out * in / 2);
    Tensor scales = owned.empty(DataType.FLOAT32, (long) out * in / block);
    int[] order = code.order();
    // whole blocks a piece: a multiple of the block in rows is one in values
    int step = Math.max(1, PIECE / in / block) * block;
    for (int row = 0; row < out; row += step) {
      try (Scope work = scope.child()) {
        Operators ops = work.operators();
        int rows = Math.min(step, out - row);
        Operators.Pair piece =
            ops.quantize4bit(
                ops.narrow(matrix, 0, row, rows),
                ops.floats(code.bounds(), order.length - 1),
                ops.to(ops.longs(order), DataType.UINT8),
                block);
        long first = (long) row * in;
        long count = (long) rows * in;
        ops.copyInPlace(ops.narrow(packed, 0, first / 2, count / 2), piece.first());
        ops.copyInPlace(ops.narrow(scales, 0, first / block, count / block), piece.second());
      }
    }
    if (!doubleQuantization) {
      return new FourBitWeight(code, out, in, block, packed, new BlockScales.Plain(scales));
    }
    try (Scope work = scope.child()) {
      BlockScales compressed = compress(scales, work.operators(), scope);
      scales.close();
      return new FourBitWeight(code, out, in, block, packed, compressed);
    }
  }

  private static BlockScales compress(Tensor scales, Operators ops, Scope scope) {
    float offset = (float) ops.mean(scales);
    Tensor centred = ops.copy(scales);
    ops.addScalarInPlace(centred, -offset);
    float[] code = DynamicCode.signed();
    Tensor table = scope.operators().floats(code, code.length);
    Tensor nearest = ops.bytes(DynamicCode.nearest(code));
    Operators.Pair codes = ops.quantizeBlockwise(centred, nearest, BlockScales.Nested.BLOCK);
    return new BlockScales.Nested(
        scope.adopt(codes.first()), scope.adopt(codes.second()), table, offset);
  }
}
