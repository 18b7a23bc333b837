package io.telecomllm.tensor;

import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtNDManager;
import io.telecomllm.Internal;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * The owner of tensors on a device: closing it frees them. Closing a parent closes its children.
 * Open one per step, per answer or per layer with try-with-resources.
 */
@Internal
public final class Scope implements AutoCloseable {
  private final PtNDManager manager;
  private final Device device;
  private final AtomicBoolean closed = new AtomicBoolean();

  private Scope(PtNDManager manager, Device device) {
    this.manager = manager;
    this.device = device;
  }

  /** Opens a scope on a device. */
  public static Scope open(Device device) {
    device.requireAvailable();
    ai.djl.Device place =
        device.kind() == Device.Kind.CUDA ? ai.djl.Device.gpu(device.index()) : ai.djl.Device.cpu();
    NativeLibrary.engine();
    return new Scope((PtNDManager) NDManager.newBaseManager(place, "PyTorch"), device);
  }

  /** Opens a scope that ends with this one at the latest. */
  public Scope child() {
    return new Scope((PtNDManager) manager.newSubManager(), device);
  }

  /** Returns the device of its tensors. */
  public Device device() {
    return device;
  }

  /** Returns the operators, whose results belong to this scope. */
  public Operators operators() {
    return new Operators(this);
  }

  /** Moves a tensor of another scope to this one, and returns it. */
  public Tensor adopt(Tensor tensor) {
    tensor.array().attach(manager);
    return tensor;
  }

  /**
   * Returns a view of a CPU tensor's memory as elements of another type, {@code (bytes / size)}.
   */
  Tensor alias(Tensor tensor, DataType type) {
    ByteBuffer bytes = tensor.bytes();
    return new Tensor(
        manager.create(
            bytes.order(ByteOrder.nativeOrder()),
            new Shape(bytes.remaining() / type.bytes()),
            djlType(type)));
  }

  private static ai.djl.ndarray.types.DataType djlType(DataType type) {
    return switch (type) {
      case INT64 -> ai.djl.ndarray.types.DataType.INT64;
      case UINT8 -> ai.djl.ndarray.types.DataType.UINT8;
      default -> throw new IllegalArgumentException("type is " + type + ", must be INT64 or UINT8");
    };
  }

  PtNDManager manager() {
    return manager;
  }

  Tensor own(PtNDArray array) {
    return new Tensor(array);
  }

  /** Frees its tensors; a second call does nothing. */
  @Override
  public void close() {
    if (closed.compareAndSet(false, true)) {
      manager.close();
    }
  }
}
