package io.telecomllm.training.memory;

import io.telecomllm.Internal;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalLong;
import java.util.stream.Stream;

/** Reads the memory of machine and process from the operating system. */
@Internal
public final class HostMemory {
  private HostMemory() {}

  /**
   * Returns the bytes of the machine, or those that its container may use; Long.MAX_VALUE if the
   * virtual machine does not tell.
   */
  public static long limit() {
    return ManagementFactory.getOperatingSystemMXBean()
            instanceof com.sun.management.OperatingSystemMXBean system
        ? system.getTotalMemorySize()
        : Long.MAX_VALUE;
  }

  /**
   * Returns the bytes that this process can still use without swapping, of the machine or of its
   * container; empty if this is not Linux.
   */
  static OptionalLong available() {
    OptionalLong machine = kibibytes(Path.of("/proc/meminfo"), "MemAvailable:");
    OptionalLong held = held();
    return machine.isEmpty() || held.isEmpty()
        ? machine
        : OptionalLong.of(within(machine.getAsLong(), limit(), held.getAsLong()));
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
