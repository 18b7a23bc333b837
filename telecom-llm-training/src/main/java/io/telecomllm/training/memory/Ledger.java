package io.telecomllm.training.memory;

import java.util.EnumMap;
import java.util.Map;

/**
 * Simulates memory: adds up what is allocated and freed in the order of the code, and remembers the
 * peak.
 */
final class Ledger {
  private final EnumMap<MemoryPlan.Part, Long> live = new EnumMap<>(MemoryPlan.Part.class);
  private Map<MemoryPlan.Part, Long> atPeak = Map.of();
  private long total;
  private long peak;
  private long written;

  /** Allocates bytes for a part. */
  void hold(MemoryPlan.Part part, long bytes) {
    live.merge(part, bytes, Long::sum);
    total += bytes;
    written += bytes;
    note(part, 0);
  }

  /** Frees what a part holds beyond {@code bytes}. */
  void freeTo(MemoryPlan.Part part, long bytes) {
    total -= held(part) - bytes;
    live.put(part, bytes);
  }

  /** Allocates bytes and frees them at once, as an operator does with its temporaries. */
  void pass(MemoryPlan.Part part, long bytes) {
    written += bytes;
    note(part, bytes);
  }

  private void note(MemoryPlan.Part part, long bytes) {
    if (total + bytes > peak) {
      peak = total + bytes;
      atPeak = new EnumMap<>(live);
      atPeak.merge(part, bytes, Long::sum);
    }
  }

  long held(MemoryPlan.Part part) {
    return live.getOrDefault(part, 0L);
  }

  /** Returns the bytes held at the peak, by part. */
  Map<MemoryPlan.Part, Long> atPeak() {
    return atPeak;
  }

  /** Returns the total of all bytes allocated, which is about what is written to memory. */
  long written() {
    return written;
  }
}
