package io.telecomllm.training.memory;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalLong;
import java.util.stream.Stream;

/** Reads the memory of machine and process from the operating system. */
final class HostMemory {
  private HostMemory() {}

  /** Returns the bytes that new programs can use without swapping; empty if this is not Linux. */
  static OptionalLong available() {
    return kibibytes(Path.of("/proc/meminfo"), "MemAvailable:");
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
