package io.telecomllm.tensor;

import static com.google.common.base.Preconditions.checkArgument;

import io.telecomllm.DeviceException;
import io.telecomllm.Internal;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A device that holds tensors and computes with them: the CPU, or one CUDA GPU.
 *
 * @param kind the CPU or a GPU
 * @param index the GPU's number from 0; 0 for any other kind
 */
public record Device(Kind kind, int index) {
  private static final Pattern NAME = Pattern.compile("(cpu|cuda)(?::(\\d{1,3}))?");

  /** The kinds of device. */
  public enum Kind {
    /** The processor. */
    CPU,
    /** An NVIDIA GPU. */
    CUDA,
    /** No memory, only shapes: what a plan of the memory is measured on. */
    META
  }

  /** Checks the index. */
  public Device {
    checkArgument(index >= 0, "device index is %s, must not be negative", index);
    checkArgument(
        kind == Kind.CUDA || index == 0, "device index of %s is %s, must be 0", kind, index);
  }

  /** Returns the CPU. */
  public static Device cpu() {
    return new Device(Kind.CPU, 0);
  }

  /** Returns the GPU with this number, from 0. */
  public static Device cuda(int index) {
    return new Device(Kind.CUDA, index);
  }

  /** Returns the device whose tensors have a shape and no memory; see {@link Meter}. */
  @Internal
  public static Device meta() {
    return new Device(Kind.META, 0);
  }

  /** Parses a name: {@code cpu}, {@code cuda} (the first GPU) or {@code cuda:1}. */
  public static Device parse(String name) {
    Matcher match = NAME.matcher(name);
    checkArgument(match.matches(), "device is %s, must be cpu, cuda or cuda:N", name);
    return "cpu".equals(match.group(1))
        ? cpu()
        : cuda(match.group(2) == null ? 0 : Integer.parseInt(match.group(2)));
  }

  /** Returns the first GPU if there is one, else the CPU. */
  public static Device best() {
    return NativeLibrary.gpus() > 0 ? cuda(0) : cpu();
  }

  /**
   * Returns this device if it exists; never falls back to the CPU.
   *
   * @throws DeviceException naming the missing GPU and the number of GPUs
   */
  Device requireAvailable() {
    if (kind == Kind.CUDA && index >= NativeLibrary.gpus()) {
      throw new DeviceException(
          this
              + " was asked for, but the PyTorch library in use sees "
              + NativeLibrary.gpus()
              + " CUDA devices; a GPU needs ai.djl.pytorch:pytorch-native-cu128 instead of"
              + " pytorch-native-cpu on the class path, and its driver");
    }
    return this;
  }

  /** Returns the name that PyTorch uses: {@code cpu}, {@code cuda:0} or {@code meta}. */
  @Override
  public String toString() {
    return switch (kind) {
      case CPU -> "cpu";
      case CUDA -> "cuda:" + index;
      case META -> "meta";
    };
  }
}
