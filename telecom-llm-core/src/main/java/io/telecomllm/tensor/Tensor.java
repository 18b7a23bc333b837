package io.telecomllm.tensor;

import ai.djl.pytorch.engine.PtNDArray;
import io.telecomllm.DeviceException;
import io.telecomllm.Internal;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * An array in native memory. It belongs to the {@link Scope} that made it and is freed with it, or
 * earlier by {@link #close()}; using it after that throws {@link IllegalStateException}. Any number
 * of threads may read it while no operator changes it.
 */
@Internal
public final class Tensor implements AutoCloseable {
  private final PtNDArray array;

  Tensor(PtNDArray array) {
    this.array = array;
  }

  PtNDArray array() {
    return array;
  }

  /** Returns the sizes of its dimensions. */
  public long[] shape() {
    return array.getShape().getShape();
  }

  /** Returns the size of dimension {@code i}. */
  public int size(int i) {
    return Math.toIntExact(array.getShape().get(i));
  }

  /** Returns the number of its elements. */
  public long elements() {
    return array.getShape().size();
  }

  /**
   * Returns its memory, little endian, without a copy: writing to the buffer changes the tensor.
   * The buffer must not be used after the tensor is freed. Works for contiguous CPU tensors under 2
   * GiB.
   */
  public ByteBuffer bytes() {
    ByteBuffer buffer = array.toByteBuffer(true);
    if (buffer == null) {
      throw new DeviceException(
          "no direct view of the memory of a tensor of shape " + Arrays.toString(shape()));
    }
    return buffer.order(ByteOrder.LITTLE_ENDIAN);
  }

  /** Frees its memory now; a second call does nothing. */
  @Override
  public void close() {
    array.close();
  }
}
