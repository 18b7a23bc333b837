package io.telecomllm.weights;

import static com.google.common.base.Preconditions.checkArgument;

import io.telecomllm.Internal;
import io.telecomllm.InvalidDataException;
import io.telecomllm.tensor.DataType;
import io.telecomllm.tensor.Device;
import io.telecomllm.tensor.Operators;
import io.telecomllm.tensor.Scope;
import io.telecomllm.tensor.Tensor;
import io.telecomllm.text.Quoted;
import java.nio.ByteBuffer;

/** Reads tensors from a file straight into native memory, on several threads. */
@Internal
public final class TensorReader {
  private static final int PIECE_BYTES = 1 << 20;

  /** The most bytes to view as one buffer. */
  private static final int VIEW_BYTES = 1 << 30;

  /** The most bytes to send to a GPU at a time. */
  private static final int TRANSFER_BYTES = 1 << 26;

  private TensorReader() {}

  /**
   * Reads a whole tensor, which the scope then owns.
   *
   * @param type the type that the tensor must have in the file
   * @param shape the shape of the result, with as many elements as the tensor in the file
   * @throws InvalidDataException naming file and tensor, if its type or size differs
   */
  public static Tensor read(
      TensorSource source, String name, DataType type, Scope scope, long... shape) {
    long elements = 1;
    for (long size : shape) {
      checkArgument(size > 0, "a dimension is %s, must be positive", size);
      elements = Math.multiplyExact(elements, size);
    }
    TensorInfo info = source.info(name);
    require(source, info, type, elements, info.encoding() == Encoding.of(type));
    return filled(source, name, type, elements, scope, shape);
  }

  /**
   * Reads the bytes of a whole tensor of any type as a vector of UINT8, which the scope then owns.
   *
   * @param bytes the number of bytes that it must have
   * @throws InvalidDataException naming file and tensor, if its size differs
   */
  public static Tensor readBytes(TensorSource source, String name, long bytes, Scope scope) {
    TensorInfo info = source.info(name);
    require(source, info, DataType.UINT8, bytes, info.bytes() == bytes);
    return filled(source, name, DataType.UINT8, bytes, scope, bytes);
  }

  private static void require(
      TensorSource source, TensorInfo info, DataType type, long elements, boolean fits) {
    if (!fits || (info.encoding() == Encoding.of(type) && info.elements() != elements)) {
      throw new InvalidDataException(
          source.path()
              + ", tensor "
              + Quoted.line(info.name())
              + ": expected "
              + elements
              + " values of "
              + Encoding.of(type)
              + ", found "
              + info.encoding()
              + " of shape "
              + info.shape());
    }
  }

  private static Tensor filled(
      TensorSource source, String name, DataType type, long elements, Scope scope, long... shape) {
    boolean host = scope.device().kind() == Device.Kind.CPU;
    long step = (host ? VIEW_BYTES : TRANSFER_BYTES) / type.bytes();
    Operators ops = scope.operators();
    try (Tensor flat = ops.empty(type, elements)) {
      for (long first = 0; first < elements; first += step) {
        long from = first * type.bytes();
        try (Scope work = scope.child()) {
          Operators temporary = work.operators();
          long count = Math.min(step, elements - first);
          Tensor view = temporary.narrow(flat, 0, first, count);
          if (host) {
            fill(source, name, from, view.bytes());
          } else {
            temporary.copyInPlace(
                view, temporary.filled(type, bytes -> fill(source, name, from, bytes), count));
          }
        }
      }
      return ops.reshape(flat, shape);
    }
  }

  /** Fills the buffer with the bytes of the tensor from {@code from} on, on several threads. */
  private static void fill(TensorSource source, String name, long from, ByteBuffer into) {
    Pieces.each(
        into.remaining(),
        PIECE_BYTES,
        () -> (first, count) -> source.read(name, from + first, into.slice((int) first, count)));
  }
}
