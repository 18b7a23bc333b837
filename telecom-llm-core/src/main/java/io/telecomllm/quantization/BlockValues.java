package io.telecomllm.quantization;

import io.telecomllm.tensor.DataType;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** A piece of a matrix, taken block by block as floats. One per thread. */
abstract class BlockValues {
  private static final int MAGNITUDE = 0x7fffffff;
  private static final int INFINITY = 0x7f800000;

  final ByteBuffer bytes;

  private BlockValues(int capacity) {
    bytes = ByteBuffer.allocateDirect(capacity).order(ByteOrder.LITTLE_ENDIAN);
  }

  /** A buffer for that many values of that type. */
  static BlockValues of(DataType type, int values) {
    return switch (type) {
      case BFLOAT16 -> new Bfloat16(values);
      case FLOAT16 -> new Float16(values);
      default -> new Float32(values);
    };
  }

  /** Takes over what was read into {@link #bytes}. */
  abstract void load(int count);

  /**
   * Fills {@code block} with the values from {@code first} on and returns the bits of the largest
   * magnitude; bits order positive floats as they order integers.
   */
  abstract int spread(int first, float[] block);

  private static final class Float32 extends BlockValues {
    private final float[] values;

    Float32(int count) {
      super(count * Float.BYTES);
      values = new float[count];
    }

    @Override
    void load(int count) {
      bytes.asFloatBuffer().get(values, 0, count);
    }

    @Override
    int spread(int first, float[] block) {
      int even = 0;
      int odd = 0;
      for (int i = 0; i < block.length; i += 2) {
        float a = values[first + i];
        float b = values[first + i + 1];
        even = Math.max(even, Float.floatToRawIntBits(a) & MAGNITUDE);
        odd = Math.max(odd, Float.floatToRawIntBits(b) & MAGNITUDE);
        block[i] = a;
        block[i + 1] = b;
      }
      return Math.max(even, odd);
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
    int spread(int first, float[] block) {
      int even = 0;
      int odd = 0;
      for (int i = 0; i < block.length; i += 2) {
        int a = values[first + i] << 16;
        int b = values[first + i + 1] << 16;
        even = Math.max(even, a & MAGNITUDE);
        odd = Math.max(odd, b & MAGNITUDE);
        block[i] = Float.intBitsToFloat(a);
        block[i + 1] = Float.intBitsToFloat(b);
      }
      return Math.max(even, odd);
    }
  }

  private static final class Float16 extends BlockValues {
    /** 2^112: the difference of the two exponents' biases. */
    private static final float REBIAS = 0x1p112f;

    private final short[] values;

    Float16(int count) {
      super(count * Short.BYTES);
      values = new short[count];
    }

    @Override
    void load(int count) {
      bytes.asShortBuffer().get(values, 0, count);
    }

    @Override
    int spread(int first, float[] block) {
      int largest = 0;
      for (int i = 0; i < block.length; i++) {
        int half = values[first + i];
        float magnitude = Float.intBitsToFloat((half & 0x7fff) << 13) * REBIAS;
        int bits = (half & 0x7c00) == 0x7c00 ? INFINITY : Float.floatToRawIntBits(magnitude);
        largest = Math.max(largest, bits);
        block[i] = half < 0 ? -magnitude : magnitude;
      }
      return largest;
    }
  }
}
