package io.telecomllm.quantization;

import io.telecomllm.tensor.Operators;
import io.telecomllm.tensor.Tensor;

/** One scale for each block of a 4-bit matrix. */
public sealed interface BlockScales {
  /** How many blocks. */
  long count();

  /** The scales in fp32, as a tensor of the operators' scope or longer-lived. */
  Tensor values(Operators ops);

  /** The memory held, in bytes. */
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
   * Double quantisation (QLoRA, section 3): scales minus their mean, in 8-bit blocks of 256.
   *
   * @param codes (blocks), uint8
   * @param nested (blocks / 256, rounded up), fp32: the largest magnitude of each 256 scales
   * @param table (256), fp32, ascending: what the 8-bit codes stand for
   * @param offset the mean of the scales
   */
  record Nested(Tensor codes, Tensor nested, Tensor table, float offset) implements BlockScales {
    static final int BLOCK = 256;

    @Override
    public long count() {
      return codes.elements();
    }

    @Override
    public Tensor values(Operators ops) {
      Tensor centred = ops.packing().dequantizeBlockwise(codes, nested, table, BLOCK);
      ops.addScalarInPlace(centred, offset);
      return centred;
    }

    @Override
    public long bytes() {
      return codes.elements() + 4 * nested.elements() + 4 * table.elements();
    }
  }
}
