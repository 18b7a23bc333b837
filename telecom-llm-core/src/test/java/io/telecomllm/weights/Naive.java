package io.telecomllm.weights;

import static java.nio.ByteOrder.LITTLE_ENDIAN;

import java.nio.ByteBuffer;

/**
 * Slow and plain decoding of one value out of a tensor's raw bytes, the oracle of the fast ones.
 */
final class Naive {
  private Naive() {}

  static float value(Encoding encoding, byte[] raw, int index) {
    ByteBuffer bytes = ByteBuffer.wrap(raw).order(LITTLE_ENDIAN);
    int block = index / 32;
    int in = index % 32;
    return switch (encoding) {
      case F64 -> (float) bytes.getDouble(8 * index);
      case F32 -> bytes.getFloat(4 * index);
      case F16 -> (float) half(bytes.getShort(2 * index));
      case BF16 -> Float.intBitsToFloat(bytes.getShort(2 * index) << 16);
      case I64 -> (float) bytes.getLong(8 * index);
      case I32 -> (float) bytes.getInt(4 * index);
      case I16 -> bytes.getShort(2 * index);
      case I8 -> raw[index];
      case U8, BOOL -> Byte.toUnsignedInt(raw[index]);
      case Q8_0 -> (float) (half(bytes.getShort(34 * block)) * raw[34 * block + 2 + in]);
      case Q4_1 -> {
        int pair = Byte.toUnsignedInt(raw[20 * block + 4 + in % 16]);
        int nibble = in < 16 ? pair % 16 : pair / 16;
        float scaled = (float) (half(bytes.getShort(20 * block)) * nibble);
        yield (float) (scaled + half(bytes.getShort(20 * block + 2)));
      }
      default -> throw new IllegalArgumentException("no naive decoding of " + encoding);
    };
  }

  /** By the definition: sign, exponent with bias 15, ten bits of fraction. */
  static double half(short bits) {
    int exponent = bits >> 10 & 31;
    int fraction = bits & 1023;
    double magnitude =
        exponent == 0
            ? fraction * Math.pow(2, -24)
            : exponent == 31
                ? (fraction == 0 ? Double.POSITIVE_INFINITY : Double.NaN)
                : (1024 + fraction) * Math.pow(2, exponent - 25);
    return bits < 0 ? -magnitude : magnitude;
  }
}
