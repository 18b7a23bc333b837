package io.telecomllm.quantization;

import static com.google.common.base.Preconditions.checkArgument;

import io.telecomllm.Internal;
import io.telecomllm.tensor.DataType;
import java.nio.ByteBuffer;

/**
 * A matrix that is read piece by piece while it is packed, so that it is never in memory as a
 * whole.
 *
 * @param name what errors call it, such as the file and the tensor
 * @param type FLOAT32, BFLOAT16 or FLOAT16
 * @param out the number of rows
 * @param in the number of columns
 * @param reader reads its values
 */
@Internal
public record MatrixSource(String name, DataType type, int out, int in, Reader reader) {
  /** Reads the values of a matrix; called by several threads at once. */
  @FunctionalInterface
  public interface Reader {
    /**
     * Reads little-endian values, counted row by row, from value {@code first} on until the buffer
     * is full. {@code first} is a multiple of 4096.
     */
    void read(long first, ByteBuffer into);
  }

  /** Checks type and shape. */
  public MatrixSource {
    checkArgument(
        type == DataType.FLOAT32 || type == DataType.BFLOAT16 || type == DataType.FLOAT16,
        "type is %s, must be FLOAT32, BFLOAT16 or FLOAT16",
        type);
    checkArgument(out > 0 && in > 0, "shape is %s x %s, both must be positive", out, in);
  }

  long elements() {
    return (long) out * in;
  }
}
