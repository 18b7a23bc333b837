package io.telecomllm.training.memory;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalLong;
import java.util.stream.Stream;

/** Reads the memory of machine and process from the operating system. */
final class HostMemory {
  private HostMemory() {}

  /**
   * Returns the bytes that this process can still use without swapping, of the machine or of its
   * container; empty if this is not Linux.
   */
  static OptionalLong available() {
    OptionalLong machine = kibibytes(Path.of("/proc/meminfo"), "MemAvailable:");
    OptionalLong held = held();
    if (machine.isEmpty()
        || held.isEmpty()
        || !(ManagementFactory.getOperatingSystemMXBean()
            instanceof com.sun.management.OperatingSystemMXBean system)) {
      return machine;
    }
    // what a container limits, where it does
    return OptionalLong.of(
        within(machine.getAsLong(), system.getTotalMemorySize(), held.getAsLong()));
  }

  /** Returns the smaller of what the machine has left, and of what is left of a limit. */
  static long within(long machine, long limit, long held) {
    return Math.max(0, Math.min(machine, limit - held));
  }

  /** Returns the bytes of memory that this process holds; empty if this is not Linux. */
  static OptionalLong held() {
    return kibibytes(Path.of("/proc/self/status"), "VmRSS:");
  }

  private static OptionalLong kibibytes(Path file, String name) {
    try (Stream<String> lines = Files.lines(file)) {
      return lines
          .filter(line -> line.startsWith(name))
          .mapToLong(line -> 1024 * Long.parseLong(line.replaceAll("[^0-9]", "")))
          .findFirst();
    } catch (IOException e) {
      return OptionalLong.empty();
    }
  }
}
