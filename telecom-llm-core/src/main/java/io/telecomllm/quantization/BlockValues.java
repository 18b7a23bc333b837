package io.telecomllm.quantization;

import io.telecomllm.tensor.DataType;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Holds a piece of a matrix while it is packed block by block. Each thread uses its own. */
abstract class BlockValues {
  private static final int MAGNITUDE = 0x7fffffff;
  private static final int INFINITY = 0x7f800000;

  final ByteBuffer bytes;

  private BlockValues(int capacity) {
    bytes = ByteBuffer.allocateDirect(capacity).order(ByteOrder.LITTLE_ENDIAN);
  }

  /** Returns a buffer for a number of values of this type. */
  static BlockValues of(DataType type, int values) {
    return switch (type) {
      case BFLOAT16 -> new Bfloat16(values);
      case FLOAT16 -> new Float16(values);
      default -> new Float32(values);
    };
  }

  /** Loads {@code count} values from {@link #bytes}. */
  abstract void load(int count);

  /**
   * Returns the bits, as of a float, of the largest magnitude among the values [first, end).
   * Positive floats have the same order as their bits.
   */
  abstract int largest(int first, int end);

  /**
   * Packs the values [first, end), each multiplied by {@code inverse}, to the same positions of the
   * codes.
   */
  abstract void encode(int first, int end, float inverse, FourBitEncoder encoder, byte[] codes);

  private static class Float32 extends BlockValues {
    final float[] values;

    Float32(int count) {
      this(count, Float.BYTES);
    }

    Float32(int count, int valueBytes) {
      super(count * valueBytes);
      values = new float[count];
    }

    @Override
    void load(int count) {
      bytes.asFloatBuffer().get(values, 0, count);
    }

    @Override
    final int largest(int first, int end) {
      // two chains, since each maximum waits for the one before it
      int even = 0;
      int odd = 0;
      for (int i = first; i < end; i += 2) {
        even = Math.max(even, Float.floatToRawIntBits(values[i]) & MAGNITUDE);
        odd = Math.max(odd, Float.floatToRawIntBits(values[i + 1]) & MAGNITUDE);
      }
      return Math.max(even, odd);
    }

    @Override
    final void encode(int first, int end, float inverse, FourBitEncoder encoder, byte[] codes) {
      int at = first / 2;
      for (int i = first; i < end; i += 2) {
        codes[at++] = encoder.pair(values[i] * inverse, values[i + 1] * inverse);
      }
    }
  }

  private static final class Float16 extends Float32 {
    /** Corrects the difference between the exponent biases of the two formats. */
    private static final float REBIAS = 0x1p112f;

    Float16(int count) {
      super(count, Short.BYTES);
    }

    @Override
    void load(int count) {
      for (int i = 0; i < count; i++) {
        int half = bytes.getShort(2 * i);
        int magnitude = (half & 0x7fff) << 13;
        float value =
            (half & 0x7c00) == 0x7c00
                ? Float.intBitsToFloat(magnitude | INFINITY)
                : Float.intBitsToFloat(magnitude) * REBIAS;
        values[i] = half < 0 ? -value : value;
      }
    }
  }

  private static final class Bfloat16 extends BlockValues {
    private final short[] values;

    Bfloat16(int count) {
      super(count * Short.BYTES);
      values = new short[count];
    }

    @Override
    void load(int count) {
      bytes.asShortBuffer().get(values, 0, count);
    }

    @Override
    int largest(int first, int end) {
      int even = 0;
      int odd = 0;
      for (int i = first; i < end; i += 4) {
        even = Math.max(even, Math.max(values[i] & 0x7fff, values[i + 2] & 0x7fff));
        odd = Math.max(odd, Math.max(values[i + 1] & 0x7fff, values[i + 3] & 0x7fff));
      }
      return Math.max(even, odd) << 16;
    }

    @Override
    void encode(int first, int end, float inverse, FourBitEncoder encoder, byte[] codes) {
      int at = first / 2;
      for (int i = first; i < end; i += 2) {
        codes[at++] = encoder.pair(value(values[i]) * inverse, value(values[i + 1]) * inverse);
      }
    }

    private static float value(short upper) {
      return Float.intBitsToFloat(upper << 16);
    }
  }
}
