package io.telecomllm.weights;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/** Plain little-endian numbers as floats; each method decodes one value. */
final class PlainBlocks {
  private static final VarHandle SHORT =
      MethodHandles.byteArrayViewVarHandle(short[].class, ByteOrder.LITTLE_ENDIAN);
  private static final VarHandle INT =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
  private static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

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

  static int int32(byte[] from, int at) {
    return (int) INT.get(from, at);
  }

  /** The half precision number at a place; exact, subnormals, infinities and NaN too. */
  static float half(byte[] from, int at) {
    int bits = (short) SHORT.get(from, at);
    int sign = (bits & 0x8000) << 16;
    int rest = bits & 0x7FFF;
    if (rest >= 0x7C00) {
      return Float.intBitsToFloat(sign | 0x7F800000 | (rest << 13));
    }
    // exponent bias 15 becomes 127 by the product, which also makes subnormals normal
    float magnitude = Float.intBitsToFloat(rest << 13) * 0x1p112f;
    return Float.intBitsToFloat(sign | Float.floatToRawIntBits(magnitude));
  }
}
