package io.telecomllm.examples;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** What the operating system says of this process. */
final class ProcessMemory {
  private static final Path STATUS = Path.of("/proc/self/status");
  private static final Path FORGET = Path.of("/proc/self/clear_refs");

  private ProcessMemory() {}

  /** The most memory it has held, in GiB; NaN where the system does not tell. */
  static double peakGiB() {
    return gibibytes("VmHWM:");
  }

  /** The memory it holds, in GiB; NaN where the system does not tell. */
  static double residentGiB() {
    return gibibytes("VmRSS:");
  }

  /** The peak counts from now on, where the system can do that (see proc(5), clear_refs). */
  static void forgetPeak() {
    if (Files.isWritable(FORGET)) {
      try {
        Files.writeString(FORGET, "5");
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  private static double gibibytes(String field) {
    if (!Files.isReadable(STATUS)) {
      return Double.NaN;
    }
    try {
      return Files.readAllLines(STATUS).stream()
          .filter(line -> line.startsWith(field))
          .mapToDouble(line -> Double.parseDouble(line.replaceAll("[^0-9]", "")) / (1 << 20))
          .findFirst()
          .orElse(Double.NaN);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
