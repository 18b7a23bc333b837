package io.telecomllm.tensor;

import io.telecomllm.Internal;

/**
 * The operators that pack weights and moments to few bits; {@link Operators} tells who owns their
 * results.
 */
@Internal
public final class PackingOperators {
  private final Operators ops;

  PackingOperators(Operators ops) {
    this.ops = ops;
  }

  /**
   * Quantizes x to codes (uint8, flat) and one fp32 scale per block.
   *
   * @param nearest (65536), uint8: the codes nearest to 65536 equally spaced fractions from -1 to 1
   * @param block the number of values per block
   */
  public Operators.Pair quantizeBlockwise(Tensor x, Tensor nearest, long block) {
    return ops.pair("quantize_blockwise", x, nearest, block);
  }

  /**
   * Returns the values of codes from {@link #quantizeBlockwise}, flat in fp32.
   *
   * @param code (256), fp32: the value of each code
   */
  public Tensor dequantizeBlockwise(Tensor q, Tensor scales, Tensor code, long block) {
    return ops.tensor("dequantize_blockwise", q, scales, code, block);
  }

  /** Unpacks 4-bit codes into values; {@code operators.py} explains words and pairs. */
  public void dequantize4bitInPlace(
      Tensor values, Tensor words, Tensor packed, Tensor pairs, Tensor scales, long block) {
    Operators.run("dequantize_4bit_", values, words, packed, pairs, scales, block);
  }

  /**
   * Returns the same memory as 64-bit words, {@code (bytes / 8)}; {@link Operators#none()} on a
   * GPU.
   */
  public Tensor words(Tensor x) {
    return ops.device().kind() == Device.Kind.CPU ? ops.alias(x, DataType.INT64) : ops.none();
  }
}
