package io.telecomllm.weights;

import static com.google.common.base.Preconditions.checkArgument;

import io.telecomllm.Internal;
import java.util.List;

/**
 * The name, encoding, shape and position of a tensor in a file.
 *
 * @param name its name in the file
 * @param encoding how its values are stored
 * @param shape its dimensions, row-major (the last one varies fastest); empty for a scalar
 * @param offset its position in bytes from the start of the file
 * @param bytes its length in bytes
 */
@Internal
public record TensorInfo(
    String name, Encoding encoding, List<Long> shape, long offset, long bytes) {
  /** Checks that the length follows from shape and encoding. */
  public TensorInfo {
    shape = List.copyOf(shape);
    checkArgument(offset >= 0, "offset is %s, must be at least 0", offset);
    checkArgument(
        bytes == bytes(encoding, elements(shape)),
        "tensor %s: %s bytes for %s of shape %s",
        name,
        bytes,
        encoding,
        shape);
  }

  /** Returns the number of values. */
  public long elements() {
    return elements(shape);
  }

  /**
   * Returns the product of the dimensions.
   *
   * @throws ArithmeticException if it does not fit 63 bits, or a dimension is negative
   */
  static long elements(List<Long> shape) {
    long product = 1;
    for (long dimension : shape) {
      if (dimension < 0) {
        throw new ArithmeticException("negative dimension");
      }
      product = Math.multiplyExact(product, dimension);
    }
    return product;
  }

  /**
   * Returns the size of a number of values in bytes.
   *
   * @throws ArithmeticException if it does not fit 63 bits, or the values are not a whole number of
   *     blocks
   */
  static long bytes(Encoding encoding, long elements) {
    if (elements % encoding.blockValues() != 0) {
      throw new ArithmeticException("not a whole number of blocks");
    }
    return Math.multiplyExact(elements / encoding.blockValues(), (long) encoding.blockBytes());
  }
}
