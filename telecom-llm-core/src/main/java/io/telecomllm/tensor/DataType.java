package io.telecomllm.tensor;

/** The type of a tensor's elements. */
public enum DataType {
  /** Unsigned 8-bit integer. */
  UINT8(0, 1),
  /** Signed 8-bit integer. */
  INT8(1, 1),
  /** Signed 16-bit integer. */
  INT16(2, 2),
  /** Signed 32-bit integer. */
  INT32(3, 4),
  /** Signed 64-bit integer. */
  INT64(4, 8),
  /** IEEE 754 half precision. */
  FLOAT16(5, 2),
  /** IEEE 754 single precision. */
  FLOAT32(6, 4),
  /** IEEE 754 double precision. */
  FLOAT64(7, 8),
  /** One byte, zero or one. */
  BOOL(11, 1),
  /** The upper 16 bits of an IEEE 754 single precision number. */
  BFLOAT16(15, 2);

  private final int code;
  private final int bytes;

  DataType(int code, int bytes) {
    this.code = code;
    this.bytes = bytes;
  }

  static DataType ofCode(long code) {
    for (DataType type : values()) {
      if (type.code == code) {
        return type;
      }
    }
    throw new IllegalArgumentException("no data type has the TorchScript number " + code);
  }

  /** Returns the number of the type in TorchScript ({@code c10::ScalarType}). */
  int code() {
    return code;
  }

  /** Returns the size of one element in bytes. */
  public int bytes() {
    return bytes;
  }
}
