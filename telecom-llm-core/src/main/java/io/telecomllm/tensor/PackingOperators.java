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
   * Lays out 4-bit codes for {@link #groupLinear}.
   *
   * @param codes (rows * columns), uint8; the value of a code is scale * code - minimum
   * @param scales (rows * columns / 32), fp32
   * @param minima (rows * columns / 32), fp32
   * @return the codes (rows, columns / 2), and scales and zeros (columns / 32, rows, 2) in bf16
   */
  public Operators.Pair packGroups(Tensor codes, Tensor scales, Tensor minima, int rows) {
    return ops.pair("pack_groups", codes, scales, minima, rows, 4);
  }

  /**
   * Lays out the blocks of a GGUF file for {@link #groupLinear} without changing their codes.
   *
   * @param encoding ggml's name in lower case of an encoding with groups of 32 codes
   * @param raw (blocks, bytes of a block), uint8
   * @param words as many 64-bit words as there are values / 8: room for the values' codes
   * @param table as in {@link #unpackBlocksInPlace}
   */
  public Operators.Pair regroup(String encoding, Tensor raw, Tensor words, Tensor table, int rows) {
    return ops.pair("regroup_" + encoding, raw, words, table, rows);
  }

  /**
   * Returns q6_k or q8_0 blocks as signed bytes (rows, columns) and fp32 scales (rows, groups).
   *
   * @param raw (blocks, bytes of a block), uint8
   * @param words as many 64-bit words as there are values / 8: room for the values' codes
   */
  public Operators.Pair toBytes(String encoding, Tensor raw, Tensor words, int rows) {
    return ops.pair("bytes_" + encoding, raw, words, rows);
  }

  /** Computes values (flat) = code * scale; floats as in {@link #unpackBlocksInPlace}. */
  public void unpackBytesInPlace(Tensor values, Tensor codes, Tensor scales, Tensor floats) {
    Operators.run("unpack_bytes_", values, codes, scales, floats);
  }

  /**
   * Returns the logits (rows, vocabulary) in fp32 of h (rows, features) for a head in bytes.
   *
   * @param bias (vocabulary), fp32; {@link Operators#none()} without a bias
   */
  public Tensor byteLogits(Tensor h, Tensor codes, Tensor scales, Tensor bias) {
    return ops.tensor("byte_logits", h, codes, scales, bias);
  }

  /** Rounds x (rows, columns) in fp32 to codes of 4 or 8 bits for {@link #groupLinear}. */
  public Operators.Pair quantizeGroups(Tensor x, int bits) {
    return ops.pair("quantize_groups", x, bits);
  }

  /**
   * Returns x w^T (rows, out) for x (rows, in) in bf16, reading w packed. Its time grows with the
   * rows, and in another type than bf16 it takes thirty times as long.
   */
  public Tensor groupLinear(Tensor x, Tensor packed, Tensor scales) {
    return ops.tensor("group_linear", x, packed, scales);
  }

  /**
   * Unpacks what {@link #groupLinear} reads into values (in, out), the transposed matrix.
   *
   * @param words room for codes, a byte each
   * @param floats room for as many fp32 values, at least {@code block} rows of them
   * @param block the number of rows that lie side by side in {@code packed}
   */
  public void dequantizeGroupsInPlace(
      Tensor values, Tensor packed, Tensor words, Tensor floats, Tensor scales, int block) {
    Operators.run("dequantize_groups_", values, packed, words, floats, scales, block);
  }

  /** Rounds w (rows, columns) in fp32 to signed bytes, and returns them and a scale of each row. */
  public Operators.Pair quantizeRows(Tensor w) {
    return ops.pair("quantize_rows", w);
  }

  /**
   * Lays signed bytes (out, in) out for {@link #byteLinear}. The result is opaque: no other
   * operator but {@link #dequantizeBytesInPlace} can read it.
   */
  public Tensor packBytes(Tensor codes) {
    return ops.tensor("pack_bytes", codes);
  }

  /**
   * Returns x w^T (rows, out) for w in bytes. The rows of x (rows, in), fp32 or bf16, are rounded
   * to bytes, each with its own scale.
   *
   * @param packed the result of {@link #packBytes}
   * @param scales (out), fp32
   * @param zeros (out), int64, all 0
   */
  public Tensor byteLinear(Tensor x, Tensor packed, Tensor scales, Tensor zeros) {
    return ops.tensor("byte_linear", x, packed, scales, zeros);
  }

  /**
   * Returns the same in fp32 (rows, out) with rows of x rounded to 16 bits, for heads: it reads w
   * once, and multiplies twice.
   */
  public Tensor preciseByteLinear(Tensor x, Tensor packed, Tensor scales, Tensor zeros) {
    return ops.tensor("precise_byte_linear", x, packed, scales, zeros);
  }

  /** Writes rows of w, from {@code start} on, to values (rows, in). */
  public void dequantizeBytesInPlace(Tensor values, Tensor packed, Tensor scales, long start) {
    Operators.run("dequantize_bytes_", values, packed, scales, start);
  }

  /**
   * Returns the same memory as 64-bit words, {@code (bytes / 8)}; {@link Operators#none()} on a
   * GPU.
   */
  public Tensor words(Tensor x) {
    return ops.device().kind() == Device.Kind.CPU ? ops.alias(x, DataType.INT64) : ops.none();
  }
}
