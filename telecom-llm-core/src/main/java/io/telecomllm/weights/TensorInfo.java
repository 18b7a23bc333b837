package io.telecomllm.weights;

import static com.google.common.base.Preconditions.checkArgument;

import java.util.List;

/**
 * One tensor of a file.
 *
 * @param name its name, as the file spells it
 * @param encoding how its values lie in the file
 * @param shape its dimensions, row-major, the last one running fastest; empty for a scalar
 * @param offset where it begins, in bytes from the start of the file
 * @param bytes its length in bytes
 */
public record TensorInfo(
    String name, Encoding encoding, List<Long> shape, long offset, long bytes) {
  /** Checks that shape and encoding give the bytes. */
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

  /** The number of values. */
  public long elements() {
    return elements(shape);
  }

  /**
   * The product of the dimensions.
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
   * The bytes of that many values.
   *
   * @throws ArithmeticException if they do not fit 63 bits, or are no whole number of blocks
   */
  static long bytes(Encoding encoding, long elements) {
    if (elements % encoding.blockValues() != 0) {
      throw new ArithmeticException("not a whole number of blocks");
    }
    return Math.multiplyExact(elements / encoding.blockValues(), (long) encoding.blockBytes());
  }
}
