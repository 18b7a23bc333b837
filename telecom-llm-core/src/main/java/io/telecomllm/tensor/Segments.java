package io.telecomllm.tensor;

import java.util.List;
import java.util.function.ToLongFunction;

/**
 * How the rows of a batch see one another in attention: cut into segments.
 *
 * @param all in the order of their rows
 * @param window how many keys a row sees at most, its own the last of them; 0: all
 * @param shared the keys from there on are seen by the queries of one segment only
 */
public record Segments(List<Segment> all, int window, int shared) {
  /**
   * Where a query sees no more keys than this on average, a backward is given the probabilities of
   * attention; else they would take more memory than the rest of a layer.
   */
  public static final int KEPT_KEYS = 512;

  /** The keys [start, start + length). */
  public record Range(long start, long length) {}

  /**
   * The query rows [start, start + length).
   *
   * @param keys what they see, in this order; the last {@code length} of these keys are their own
   *     (causal)
   */
  public record Segment(long start, long length, List<Range> keys) {
    /** Keeps a copy of the list. */
    public Segment {
      keys = List.copyOf(keys);
    }

    long keyCount() {
      return keys.stream().mapToLong(Range::length).sum();
    }
  }

  /** Keeps a copy of the list. */
  public Segments {
    all = List.copyOf(all);
  }

  /** Whether the probabilities of all keys are few enough to be kept. */
  public boolean keepsProbabilities() {
    long queries = all.stream().mapToLong(Segment::length).sum();
    long scores = all.stream().mapToLong(segment -> segment.length() * segment.keyCount()).sum();
    return scores <= KEPT_KEYS * queries;
  }

  long[] starts() {
    return each(Segment::start);
  }

  long[] lengths() {
    return each(Segment::length);
  }

  /** How many ranges of keys each segment has. */
  long[] keyCounts() {
    return each(segment -> segment.keys().size());
  }

  long[] keyStarts() {
    return ranges(Range::start);
  }

  long[] keyLengths() {
    return ranges(Range::length);
  }

  private long[] each(ToLongFunction<Segment> part) {
    return all.stream().mapToLong(part).toArray();
  }

  private long[] ranges(ToLongFunction<Range> part) {
    return all.stream().flatMap(segment -> segment.keys().stream()).mapToLong(part).toArray();
  }
}
