package io.telecomllm.quantization;

import static com.google.common.base.Preconditions.checkArgument;

import io.telecomllm.tensor.DataType;
import java.nio.ByteBuffer;

/**
 * A matrix that is read piece by piece while it is packed, so that it never lies in memory whole.
 *
 * @param name what errors call it: file and tensor
 * @param type FLOAT32, BFLOAT16 or FLOAT16
 * @param out rows
 * @param in columns
 * @param reader gives its values
 */
public record MatrixSource(String name, DataType type, int out, int in, Reader reader) {
  /** Gives values, to several threads at once. */
  @FunctionalInterface
  public interface Reader {
    /**
     * Fills what remains of the buffer with values from that one on, counted row by row; little
     * endian. Pieces begin at multiples of 4096 values.
     */
    void read(long first, ByteBuffer into);
  }

  /** Checks type and shape. */
  public MatrixSource {
    checkArgument(
        type == DataType.FLOAT32 || type == DataType.BFLOAT16 || type == DataType.FLOAT16,
        "type %s is none of FLOAT32, BFLOAT16, FLOAT16",
        type);
    checkArgument(out > 0 && in > 0, "shape %s x %s, both must be positive", out, in);
  }

  long elements() {
    return (long) out * in;
  }
}
