package io.telecomllm.weights;

import io.telecomllm.Internal;
import io.telecomllm.tensor.DataType;
import java.util.Optional;

/**
 * How the values of a tensor are stored in a file: as plain numbers, or in blocks that share a
 * scale.
 *
 * <p>All are little endian. Numbers and block sizes are those of ggml's {@code ggml_type}; the
 * names of plain encodings are those of safetensors' {@code dtype}. A plain encoding has one value
 * per block and a {@link DataType}; block encodings exist only in GGUF. The library writes F32,
 * F16, BF16, Q8_0 and Q4_0, byte for byte as ggml's reference functions do.
 */
public enum Encoding {
  /** IEEE 754 double precision. */
  F64(28, DataType.FLOAT64, PlainBlocks::f64),
  /** IEEE 754 single precision. */
  F32(0, DataType.FLOAT32, PlainBlocks::f32, PlainBlocks::toF32),
  /** IEEE 754 half precision. */
  F16(1, DataType.FLOAT16, PlainBlocks::f16, PlainBlocks::toF16),
  /** The upper 16 bits of an IEEE 754 single precision number. */
  BF16(30, DataType.BFLOAT16, PlainBlocks::bf16, PlainBlocks::toBf16),
  /** Signed 64-bit integer. */
  I64(27, DataType.INT64, PlainBlocks::i64),
  /** Signed 32-bit integer. */
  I32(26, DataType.INT32, PlainBlocks::i32),
  /** Signed 16-bit integer. */
  I16(25, DataType.INT16, PlainBlocks::i16),
  /** Signed 8-bit integer. */
  I8(24, DataType.INT8, PlainBlocks::i8),
  /** Unsigned 8-bit integer; not in GGUF. */
  U8(-1, DataType.UINT8, PlainBlocks::u8),
  /** One byte, zero or one; not in GGUF. */
  BOOL(-1, DataType.BOOL, PlainBlocks::u8),
  /** 32 values: a half precision scale, then 4 bits each, offset by 8. */
  Q4_0(2, 32, 18, LegacyBlocks::q4v0, LegacyBlocks::toQ4v0),
  /** 32 values: a half precision scale and minimum, then 4 bits each. */
  Q4_1(3, 32, 20, LegacyBlocks::q4v1),
  /** 32 values: a half precision scale, then 5 bits each, offset by 16. */
  Q5_0(6, 32, 22, LegacyBlocks::q5v0),
  /** 32 values: a half precision scale and minimum, then 5 bits each. */
  Q5_1(7, 32, 24, LegacyBlocks::q5v1),
  /** 32 values: a half precision scale, then 8 bits each. */
  Q8_0(8, 32, 34, LegacyBlocks::q8v0, LegacyBlocks::toQ8v0),
  /** 256 values of 2 bits in 16 groups with 4-bit scales and minima. */
  Q2_K(10, 256, 84, KBlocks::q2),
  /** 256 values of 3 bits in 16 groups with 6-bit scales. */
  Q3_K(11, 256, 110, KBlocks::q3),
  /** 256 values of 4 bits in 8 groups with 6-bit scales and minima. */
  Q4_K(12, 256, 144, KBlocks::q4),
  /** 256 values of 5 bits in 8 groups with 6-bit scales and minima. */
  Q5_K(13, 256, 176, KBlocks::q5),
  /** 256 values of 6 bits in 16 groups with 8-bit scales. */
  Q6_K(14, 256, 210, KBlocks::q6),
  /** 32 values: a half precision scale, then 4-bit indexes into a fixed table. */
  IQ4_NL(20, 32, 18, TableBlocks::iq4nl),
  /** 256 values in 8 groups with 6-bit scales: 4-bit indexes into a fixed table. */
  IQ4_XS(23, 256, 136, TableBlocks::iq4xs);

  /** Decodes one block to {@link #blockValues()} floats. */
  @FunctionalInterface
  interface Block {
    void decode(byte[] from, int at, float[] into, int to);
  }

  /** Encodes {@link #blockValues()} floats as one block. */
  @FunctionalInterface
  interface ToBlock {
    void encode(float[] from, int at, byte[] into, int to);
  }

  private final int gguf;
  private final int blockValues;
  private final int blockBytes;
  private final Optional<DataType> dataType;

  // a reference to a static method has no state
  @SuppressWarnings("ImmutableEnumChecker")
  private final Block block;

  @SuppressWarnings("ImmutableEnumChecker")
  private final Optional<ToBlock> toBlock;

  Encoding(int gguf, DataType dataType, Block block) {
    this(gguf, Optional.of(dataType), 1, dataType.bytes(), block, Optional.empty());
  }

  Encoding(int gguf, DataType dataType, Block block, ToBlock toBlock) {
    this(gguf, Optional.of(dataType), 1, dataType.bytes(), block, Optional.of(toBlock));
  }

  Encoding(int gguf, int blockValues, int blockBytes, Block block) {
    this(gguf, Optional.empty(), blockValues, blockBytes, block, Optional.empty());
  }

  Encoding(int gguf, int blockValues, int blockBytes, Block block, ToBlock toBlock) {
    this(gguf, Optional.empty(), blockValues, blockBytes, block, Optional.of(toBlock));
  }

  Encoding(
      int gguf,
      Optional<DataType> dataType,
      int blockValues,
      int blockBytes,
      Block block,
      Optional<ToBlock> toBlock) {
    this.gguf = gguf;
    this.dataType = dataType;
    this.blockValues = blockValues;
    this.blockBytes = blockBytes;
    this.block = block;
    this.toBlock = toBlock;
  }

  /** Returns the number of values in a block, 1 for plain numbers. A block never spans two rows. */
  public int blockValues() {
    return blockValues;
  }

  /** Returns the size of a block in bytes. */
  @Internal
  public int blockBytes() {
    return blockBytes;
  }

  /**
   * Returns the type of a tensor that holds the same bytes; empty for block encodings, which must
   * be decoded.
   */
  public Optional<DataType> dataType() {
    return dataType;
  }

  /** Returns whether the library can write floats in this encoding. */
  public boolean isWritten() {
    return toBlock.isPresent();
  }

  /** Returns its number in a GGUF header; -1 if GGUF has no such type. */
  int gguf() {
    return gguf;
  }

  /** Returns the plain encoding of a data type. */
  @Internal
  public static Encoding of(DataType type) {
    for (Encoding encoding : values()) {
      if (encoding.dataType.isPresent() && encoding.dataType.get() == type) {
        return encoding;
      }
    }
    throw new AssertionError("a data type without an encoding: " + type);
  }

  /** Returns the encoding with this name in a safetensors header, which is the constant's name. */
  static Optional<Encoding> ofSafetensors(String dtype) {
    for (Encoding encoding : values()) {
      if (encoding.dataType.isPresent() && encoding.name().equals(dtype)) {
        return Optional.of(encoding);
      }
    }
    return Optional.empty();
  }

  /** Returns the encoding with this number in a GGUF header. */
  static Optional<Encoding> ofGguf(int number) {
    for (Encoding encoding : values()) {
      if (encoding.gguf == number && number >= 0) {
        return Optional.of(encoding);
      }
    }
    return Optional.empty();
  }

  /** Decodes {@code blocks} blocks from {@code from[at]} on to floats from {@code into[to]} on. */
  void decode(byte[] from, int at, int blocks, float[] into, int to) {
    for (int i = 0; i < blocks; i++) {
      block.decode(from, at + i * blockBytes, into, to + i * blockValues);
    }
  }

  /**
   * Encodes {@code blocks} blocks of floats from {@code from[at]} on to bytes from {@code into[to]}
   * on.
   *
   * @throws IllegalArgumentException if the encoding is not {@linkplain #isWritten written}, or if
   *     a value does not fit: a finite value that would become infinite, or one in a block that is
   *     not finite
   */
  void encode(float[] from, int at, int blocks, byte[] into, int to) {
    ToBlock encoder =
        toBlock.orElseThrow(() -> new IllegalArgumentException(this + " is read only"));
    for (int i = 0; i < blocks; i++) {
      encoder.encode(from, at + i * blockValues, into, to + i * blockBytes);
    }
  }
}
