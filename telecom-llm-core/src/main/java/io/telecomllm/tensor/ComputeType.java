package io.telecomllm.tensor;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/** Which floating type a device computes fast. */
public final class ComputeType {
  private static final Path CPU_INFO = Path.of("/proc/cpuinfo");

  private ComputeType() {}

  /**
   * BFLOAT16 where the device has instructions for it, else FLOAT32. On a CPU these are AVX512-BF16
   * or AMX, read from Linux's cpuinfo; where that cannot be read, FLOAT32. A CUDA GPU is taken to
   * have them: the libraries in use run on no GPU that lacks bfloat16 arithmetic, only on some
   * where it is slow.
   */
  public static DataType fastest(Device device) {
    if (device.kind() == Device.Kind.CUDA) {
      return DataType.BFLOAT16;
    }
    try (Stream<String> lines = Files.lines(CPU_INFO)) {
      return lines.anyMatch(ComputeType::hasBfloat16) ? DataType.BFLOAT16 : DataType.FLOAT32;
    } catch (IOException e) {
      return DataType.FLOAT32;
    }
  }

  private static boolean hasBfloat16(String line) {
    return line.startsWith("flags")
        && (line.contains(" avx512_bf16") || line.contains(" amx_bf16"));
  }
}
