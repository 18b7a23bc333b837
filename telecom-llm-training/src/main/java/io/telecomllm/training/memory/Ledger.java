package io.telecomllm.training.memory;

import java.util.EnumMap;
import java.util.Map;

/**
 * Memory on paper: what is allocated and freed in the order of the code, and what was held when it
 * was most.
 */
final class Ledger {
  private final EnumMap<MemoryPlan.Part, Long> live = new EnumMap<>(MemoryPlan.Part.class);
  private Map<MemoryPlan.Part, Long> atPeak = Map.of();
  private long total;
  private long peak;
  private long written;

  /** Holds so many bytes more from now on. */
  void hold(MemoryPlan.Part part, long bytes) {
    live.merge(part, bytes, Long::sum);
    total += bytes;
    written += bytes;
    note(part, 0);
  }

  /** Frees what it holds of that part beyond {@code bytes}. */
  void freeTo(MemoryPlan.Part part, long bytes) {
    total -= held(part) - bytes;
    live.put(part, bytes);
  }

  /** Holds bytes for a moment: what an operator makes and frees within. */
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

  /** What was held when it was most, by part. */
  Map<MemoryPlan.Part, Long> atPeak() {
    return atPeak;
  }

  /** The bytes written to memory in all. */
  long written() {
    return written;
  }
}
