package io.telecomllm.quantization;

import io.telecomllm.Internal;
import io.telecomllm.tensor.DataType;
import io.telecomllm.tensor.Operators;
import io.telecomllm.tensor.Tensor;

/** The scales of a 4-bit matrix, one per block. */
@Internal
public sealed interface BlockScales {
  /** Returns the number of blocks. */
  long count();

  /**
   * Returns the scales in fp32, as a tensor that lives at least as long as the operators' scope.
   */
  Tensor values(Operators ops);

  /** Returns the size in memory in bytes. */
  long bytes();

  /**
   * Scales kept in fp32.
   *
   * @param scales (blocks), fp32
   */
  record Plain(Tensor scales) implements BlockScales {
    @Override
    public long count() {
      return scales.elements();
    }

    @Override
    public Tensor values(Operators ops) {
      return scales;
    }

    @Override
    public long bytes() {
      return 4 * scales.elements();
    }
  }

  /**
   * Scales that are quantized too (double quantization, QLoRA, section 3): the scales minus their
   * mean, in 8-bit blocks of 256.
   *
   * @param codes (blocks), uint8
   * @param nested (blocks / 256, rounded up), fp32: the largest magnitude of each block of 256
   *     scales
   * @param table (256), fp32, ascending: the values of the 8-bit codes
   * @param offset the mean of the scales
   * @param type {@code nested_dtype}: the type in which bitsandbytes unpacks the scales and adds
   *     the offset; FLOAT32, BFLOAT16 or FLOAT16
   */
  record Nested(Tensor codes, Tensor nested, Tensor table, float offset, DataType type)
      implements BlockScales {
    static final int BLOCK = 256;

    @Override
    public long count() {
      return codes.elements();
    }

    @Override
    public Tensor values(Operators ops) {
      Tensor centred = ops.packing().dequantizeBlockwise(codes, nested, table, BLOCK);
      if (type == DataType.FLOAT32) {
        ops.addScalarInPlace(centred, offset);
        return centred;
      }
      // libtorch rounds the offset to the type too, as it does for bitsandbytes
      Tensor scales = ops.to(centred, type);
      ops.addScalarInPlace(scales, offset);
      return ops.to(scales, DataType.FLOAT32);
    }

    @Override
    public long bytes() {
      return codes.elements() + 4 * nested.elements() + 4 * table.elements();
    }
  }
}
