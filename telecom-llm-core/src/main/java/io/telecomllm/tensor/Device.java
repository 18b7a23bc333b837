package io.telecomllm.tensor;

import static com.google.common.base.Preconditions.checkArgument;

import ai.djl.engine.Engine;
import io.telecomllm.DeviceException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Where tensors live and are computed: the CPU, or one CUDA GPU.
 *
 * @param kind {@code cpu} or {@code cuda}
 * @param index the GPU's number from 0; 0 for the CPU
 */
public record Device(Kind kind, int index) {
  private static final Pattern NAME = Pattern.compile("(cpu|cuda)(?::(\\d{1,3}))?");

  /** The kinds of device. */
  public enum Kind {
    /** The processor. */
    CPU,
    /** An NVIDIA GPU. */
    CUDA
  }

  /** Checks the index. */
  public Device {
    checkArgument(index >= 0, "device index %s is negative", index);
    checkArgument(kind == Kind.CUDA || index == 0, "there is one CPU, not number %s", index);
  }

  /** The processor. */
  public static Device cpu() {
    return new Device(Kind.CPU, 0);
  }

  /** The GPU of that number, from 0. */
  public static Device cuda(int index) {
    return new Device(Kind.CUDA, index);
  }

  /** From its name: {@code cpu}, {@code cuda} or {@code cuda:1}. */
  public static Device parse(String name) {
    Matcher match = NAME.matcher(name);
    checkArgument(match.matches(), "device %s is none of cpu, cuda, cuda:N", name);
    return "cpu".equals(match.group(1))
        ? cpu()
        : cuda(match.group(2) == null ? 0 : Integer.parseInt(match.group(2)));
  }

  /** The first GPU where there is one, else the CPU. */
  public static Device best() {
    return gpus() > 0 ? cuda(0) : cpu();
  }

  /**
   * Refuses a GPU that is not there; never falls back to the CPU.
   *
   * @throws DeviceException naming the device asked for and how many there are
   */
  public Device requireAvailable() {
    if (kind == Kind.CUDA && index >= gpus()) {
      throw new DeviceException(
          this
              + " was asked for, but the PyTorch library in use sees "
              + gpus()
              + " CUDA devices; see README, section CUDA");
    }
    return this;
  }

  private static int gpus() {
    return Engine.getEngine("PyTorch").getGpuCount();
  }

  /** Its name in PyTorch: {@code cpu} or {@code cuda:0}. */
  @Override
  public String toString() {
    return kind == Kind.CPU ? "cpu" : "cuda:" + index;
  }
}
