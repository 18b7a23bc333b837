package io.telecomllm.tensor;

import ai.djl.pytorch.engine.PtNDArray;
import io.telecomllm.DeviceException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * A native array. It belongs to the {@link Scope} that made it and is freed with it, or earlier by
 * {@link #close()}; used after that it throws {@link IllegalStateException}. Not thread-safe while
 * an operator changes it; readable by any number of threads otherwise.
 */
public final class Tensor implements AutoCloseable {
  private final PtNDArray array;

  Tensor(PtNDArray array) {
    this.array = array;
  }

  PtNDArray array() {
    return array;
  }

  /** The lengths of its dimensions. */
  public long[] shape() {
    return array.getShape().getShape();
  }

  /** The length of dimension {@code i}. */
  public int size(int i) {
    return Math.toIntExact(array.getShape().get(i));
  }

  /** The number of its elements. */
  public long elements() {
    return array.getShape().size();
  }

  /**
   * Its memory, little endian, without a copy: what is written there is in the tensor. The buffer
   * must not be used after the tensor is freed. Contiguous CPU tensors under 2 GiB only.
   */
  public ByteBuffer bytes() {
    ByteBuffer buffer = array.toByteBuffer(true);
    if (buffer == null) {
      throw new DeviceException("no direct view of a tensor of shape " + Arrays.toString(shape()));
    }
    return buffer.order(ByteOrder.LITTLE_ENDIAN);
  }

  /** Frees it now; a second call does nothing. */
  @Override
  public void close() {
    array.close();
  }
}
