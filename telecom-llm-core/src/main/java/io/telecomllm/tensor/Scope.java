package io.telecomllm.tensor;

import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtNDManager;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * The owner of tensors: closing it frees them. A scope belongs to a device; a child ends with its
 * parent at the latest. Open one per step, per answer or per layer by try-with-resources.
 */
public final class Scope implements AutoCloseable {
  private final PtNDManager manager;
  private final Device device;
  private final AtomicBoolean closed = new AtomicBoolean();

  private Scope(PtNDManager manager, Device device) {
    this.manager = manager;
    this.device = device;
  }

  /** A scope of its own on the device. */
  public static Scope open(Device device) {
    device.requireAvailable();
    ai.djl.Device place =
        device.kind() == Device.Kind.CPU ? ai.djl.Device.cpu() : ai.djl.Device.gpu(device.index());
    return new Scope((PtNDManager) NDManager.newBaseManager(place, "PyTorch"), device);
  }

  /** A scope within this one. */
  public Scope child() {
    return new Scope((PtNDManager) manager.newSubManager(), device);
  }

  /** Where its tensors live. */
  public Device device() {
    return device;
  }

  /** The operators whose results belong to this scope. */
  public Operators operators() {
    return new Operators(this);
  }

  /** A tensor of another scope becomes this one's. */
  public Tensor adopt(Tensor tensor) {
    tensor.array().attach(manager);
    return tensor;
  }

  /** A CPU tensor's memory seen as elements of another type, shape {@code (bytes / size)}. */
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
      default -> throw new IllegalArgumentException("no alias as " + type);
    };
  }

  PtNDManager manager() {
    return manager;
  }

  Tensor own(PtNDArray array) {
    return new Tensor(array);
  }

  /** Frees what it owns; a second call does nothing. */
  @Override
  public void close() {
    if (closed.compareAndSet(false, true)) {
      manager.close();
    }
  }
}
