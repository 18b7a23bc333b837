package io.telecomllm.tensor;

/** The operators that pack weights and moments to few bits; see {@link Operators}. */
public final class PackingOperators {
  private final Operators ops;

  PackingOperators(Operators ops) {
    this.ops = ops;
  }

  /**
   * Codes (uint8, flat) and one fp32 scale a block.
   *
   * @param nearest (65536), uint8: the code of each of as many equally spaced fractions from -1 to
   *     1
   */
  public Operators.Pair quantizeBlockwise(Tensor x, Tensor nearest, long block) {
    return ops.pair("quantize_blockwise", x, nearest, block);
  }

  /** The inverse of {@link #quantizeBlockwise}, flat, in fp32. */
  public Tensor dequantizeBlockwise(Tensor q, Tensor scales, Tensor code, long block) {
    return ops.tensor("dequantize_blockwise", q, scales, code, block);
  }

  /** Writes the values of packed codes; see {@code operators.py} for words and pairs. */
  public void dequantize4bitInPlace(
      Tensor values, Tensor words, Tensor packed, Tensor pairs, Tensor scales, long block) {
    Operators.run("dequantize_4bit_", values, words, packed, pairs, scales, block);
  }

  /** The same memory as 64-bit words: {@code (bytes / 8)}; {@link Operators#none()} on a GPU. */
  public Tensor words(Tensor x) {
    return ops.device().kind() == Device.Kind.CPU ? ops.alias(x, DataType.INT64) : ops.none();
  }
}
