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
   * Unpacks blocks of a GGUF file into values: computed in fp32 as the gguf package does, and
   * rounded once to the values' type.
   *
   * @param encoding ggml's name of the encoding in lower case, such as {@code q4_k}
   * @param values the flat values of all blocks
   * @param raw (blocks, bytes of a block), uint8
   * @param words as many 64-bit words as there are values / 8: room for the values' codes
   * @param floats room for as many fp32 values, such as {@code values} if they are fp32
   * @param table (16), int8: what the codes of iq4_nl and iq4_xs stand for; (256), int64: the bits
   *     of a byte for q5_0 and q5_1; others read none
   */
  public void unpackBlocksInPlace(
      String encoding, Tensor values, Tensor raw, Tensor words, Tensor floats, Tensor table) {
    Operators.run("unpack_" + encoding + "_", values, raw, words, floats, table);
  }

  /**
   * Returns the same memory as 64-bit words, {@code (bytes / 8)}; {@link Operators#none()} on a
   * GPU.
   */
  public Tensor words(Tensor x) {
    return ops.device().kind() == Device.Kind.CPU ? ops.alias(x, DataType.INT64) : ops.none();
  }
}
