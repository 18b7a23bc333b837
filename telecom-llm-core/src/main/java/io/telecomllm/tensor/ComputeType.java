package io.telecomllm.tensor;

import static com.google.common.base.Preconditions.checkArgument;

import ai.djl.util.cuda.CudaUtils;
import io.telecomllm.Internal;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/** Chooses the floating-point type that a device computes with. */
@Internal
public final class ComputeType {
  private static final Path CPU_INFO = Path.of("/proc/cpuinfo");

  /** Compute capability 8.0. */
  private static final int AMPERE = 80;

  private ComputeType() {}

  /**
   * Returns the fastest type for a device: BFLOAT16 where it has instructions for it. On a CPU
   * these are AVX512-BF16 or AMX, looked up in Linux's {@code /proc/cpuinfo}; a CPU without them,
   * or another system, uses FLOAT32. CUDA GPUs have them since compute capability 8.0 (Ampere);
   * older ones (Tesla T4, V100) use FLOAT16. A GPU of unknown capability is assumed to be a newer
   * one.
   */
  public static DataType fastest(Device device) {
    if (device.kind() == Device.Kind.CUDA) {
      return ofCapability(capability(device.index()));
    }
    try (Stream<String> lines = Files.lines(CPU_INFO)) {
      return lines.anyMatch(ComputeType::hasBfloat16) ? DataType.BFLOAT16 : DataType.FLOAT32;
    } catch (IOException e) {
      return DataType.FLOAT32;
    }
  }

  /** Returns why {@link #fastest} chooses what it does, for people. */
  public static String reason(Device device) {
    if (device.kind() == Device.Kind.CUDA) {
      String capability = capability(device.index());
      return capability.isEmpty() ? "capability unknown" : "compute capability " + capability;
    }
    return fastest(device) == DataType.BFLOAT16
        ? "the CPU has bf16 instructions"
        : "no bf16 instructions are known of this CPU";
  }

  /**
   * Returns the type if networks can be computed in it.
   *
   * @throws IllegalArgumentException if it is none of FLOAT32, BFLOAT16, FLOAT16
   */
  public static DataType checked(DataType type) {
    checkArgument(
        type == DataType.FLOAT32 || type == DataType.BFLOAT16 || type == DataType.FLOAT16,
        "compute type is %s, must be FLOAT32, BFLOAT16 or FLOAT16",
        type);
    return type;
  }

  private static String capability(int gpu) {
    try {
      return CudaUtils.getComputeCapability(gpu);
    } catch (IllegalStateException | IllegalArgumentException e) {
      return ""; // no driver or no such GPU: a memory plan may be for another machine
    }
  }

  /**
   * Returns the fastest type for a GPU.
   *
   * @param capability such as 7.5 or 75; any other text counts as unknown
   */
  static DataType ofCapability(String capability) {
    String digits = capability.replace(".", "");
    boolean old = digits.matches("\\d{2,3}") && Integer.parseInt(digits) < AMPERE;
    return old ? DataType.FLOAT16 : DataType.BFLOAT16;
  }

  private static boolean hasBfloat16(String line) {
    return line.startsWith("flags")
        && (line.contains(" avx512_bf16") || line.contains(" amx_bf16"));
  }
}
