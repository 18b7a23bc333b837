package io.telecomllm.examples;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.lang.management.MemoryType;
import java.nio.file.Files;
import java.nio.file.Path;

/** The memory of this process, as the operating system reports it. */
public final class ProcessMemory {
  private static final Path STATUS = Path.of("/proc/self/status");
  private static final Path FORGET = Path.of("/proc/self/clear_refs");

  private ProcessMemory() {}

  /** Returns the peak of its resident memory, in GiB; NaN if the system does not report it. */
  public static double peakGiB() {
    return gibibytes("VmHWM:");
  }

  /** Returns its resident memory, in GiB; NaN if the system does not report it. */
  public static double residentGiB() {
    return gibibytes("VmRSS:");
  }

  /** Resets the peak, if the system can do that (see proc(5), clear_refs). */
  public static void forgetPeak() {
    if (Files.isWritable(FORGET)) {
      try {
        Files.writeString(FORGET, "5");
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  /** Returns the most bytes that the pools of the Java heap have held, each at its own time. */
  public static long peakHeapBytes() {
    return ManagementFactory.getMemoryPoolMXBeans().stream()
        .filter(pool -> pool.getType() == MemoryType.HEAP)
        .map(MemoryPoolMXBean::getPeakUsage)
        .mapToLong(usage -> usage.getUsed())
        .sum();
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
