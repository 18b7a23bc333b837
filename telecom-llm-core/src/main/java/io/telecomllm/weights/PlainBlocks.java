package io.telecomllm.weights;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/** Decodes and encodes plain little-endian numbers; each method converts one value. */
final class PlainBlocks {
  private static final VarHandle SHORT =
      MethodHandles.byteArrayViewVarHandle(short[].class, ByteOrder.LITTLE_ENDIAN);
  private static final VarHandle INT =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
  private static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  /** The bits of 2^-14 in single precision. */
  private static final int SMALLEST_NORMAL_HALF = 0x3880_0000;

  private PlainBlocks() {}

  static void f64(byte[] from, int at, float[] into, int to) {
    into[to] = (float) Double.longBitsToDouble((long) LONG.get(from, at));
  }

  static void f32(byte[] from, int at, float[] into, int to) {
    into[to] = Float.intBitsToFloat(int32(from, at));
  }

  static void f16(byte[] from, int at, float[] into, int to) {
    into[to] = half(from, at);
  }

  static void bf16(byte[] from, int at, float[] into, int to) {
    into[to] = Float.intBitsToFloat((short) SHORT.get(from, at) << 16);
  }

  static void i64(byte[] from, int at, float[] into, int to) {
    into[to] = (float) (long) LONG.get(from, at);
  }

  static void i32(byte[] from, int at, float[] into, int to) {
    into[to] = (float) int32(from, at);
  }

  static void i16(byte[] from, int at, float[] into, int to) {
    into[to] = (short) SHORT.get(from, at);
  }

  static void i8(byte[] from, int at, float[] into, int to) {
    into[to] = from[at];
  }

  static void u8(byte[] from, int at, float[] into, int to) {
    into[to] = from[at] & 0xFF;
  }

  static void toF32(float[] from, int at, byte[] into, int to) {
    INT.set(into, to, Float.floatToRawIntBits(from[at]));
  }

  static void toF16(float[] from, int at, byte[] into, int to) {
    putHalf(into, to, from[at]);
  }

  /**
   * Encodes the nearest bfloat16, ties to even; a NaN becomes a quiet NaN with the same upper bits.
   */
  static void toBf16(float[] from, int at, byte[] into, int to) {
    int bits = Float.floatToRawIntBits(from[at]);
    int rounded = Float.isNaN(from[at]) ? bits | 0x40_0000 : bits + 0x7FFF + ((bits >>> 16) & 1);
    checkFits(from[at], (rounded & 0x7F80_0000) == 0x7F80_0000, "BF16");
    SHORT.set(into, to, (short) (rounded >>> 16));
  }

  static int int32(byte[] from, int at) {
    return (int) INT.get(from, at);
  }

  /**
   * Returns the half precision number at a position, exactly; also subnormals, infinities and NaN.
   */
  static float half(byte[] from, int at) {
    int bits = (short) SHORT.get(from, at);
    int sign = (bits & 0x8000) << 16;
    int rest = bits & 0x7FFF;
    if (rest >= 0x7C00) {
      return Float.intBitsToFloat(sign | 0x7F800000 | (rest << 13));
    }
    // the product changes the exponent's bias from 15 to 127 and makes subnormals normal
    float magnitude = Float.intBitsToFloat(rest << 13) * 0x1p112f;
    return Float.intBitsToFloat(sign | Float.floatToRawIntBits(magnitude));
  }

  /**
   * Encodes the nearest half precision number, ties to even.
   *
   * @throws IllegalArgumentException if the value is finite and the nearest half precision number
   *     is not
   */
  static void putHalf(byte[] into, int to, float value) {
    int bits = Float.floatToRawIntBits(value);
    int rest = bits & 0x7FFF_FFFF;
    int half;
    if (rest > 0x7F80_0000) {
      half = 0x7E00 | ((rest >> 13) & 0x3FF);
    } else if (rest < SMALLEST_NORMAL_HALF) {
      half = (int) Math.rint(Math.abs(value) * 0x1p24); // in units of the smallest subnormal
    } else {
      int rebiased = rest - ((127 - 15) << 23);
      half = Math.min(0x7C00, (rebiased + 0xFFF + ((rebiased >> 13) & 1)) >> 13);
    }
    checkFits(value, half >= 0x7C00, "F16");
    SHORT.set(into, to, (short) (((bits >>> 16) & 0x8000) | half));
  }

  private static void checkFits(float value, boolean beyond, String encoding) {
    if (beyond && Float.isFinite(value)) {
      throw new IllegalArgumentException(value + " is beyond the range of " + encoding);
    }
  }
}
