package io.telecomllm.tensor;

import static com.google.common.base.Preconditions.checkArgument;

import ai.djl.util.cuda.CudaUtils;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/** Which floating type a device computes fast. */
public final class ComputeType {
  private static final Path CPU_INFO = Path.of("/proc/cpuinfo");

  /** Compute capability 8.0. */
  private static final int AMPERE = 80;

  private ComputeType() {}

  /**
   * BFLOAT16 where the device has instructions for it. On a CPU these are AVX512-BF16 or AMX, read
   * from Linux's cpuinfo; one without, or that cannot be asked, takes FLOAT32. A CUDA GPU has them
   * from compute capability 8.0 on (Ampere), one before (Tesla T4, V100) takes FLOAT16; one that
   * cannot be asked is taken for a newer one.
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

  /**
   * Refuses a type that networks are not computed in.
   *
   * @throws IllegalArgumentException if it is none of FLOAT32, BFLOAT16, FLOAT16
   */
  public static DataType checked(DataType type) {
    checkArgument(
        type == DataType.FLOAT32 || type == DataType.BFLOAT16 || type == DataType.FLOAT16,
        "compute type %s is none of FLOAT32, BFLOAT16, FLOAT16",
        type);
    return type;
  }

  private static String capability(int gpu) {
    try {
      return CudaUtils.getComputeCapability(gpu);
    } catch (IllegalStateException | IllegalArgumentException e) {
      return ""; // no driver, or no such GPU here: a plan may be for another machine
    }
  }

  /**
   * @param capability such as 7.5 or 75; anything else is not known
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
