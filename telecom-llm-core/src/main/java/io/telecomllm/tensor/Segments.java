package io.telecomllm.tensor;

import io.telecomllm.Internal;
import java.util.List;
import java.util.function.ToLongFunction;

/**
 * Which keys each row of a batch attends to. The rows are divided into segments that attend to the
 * same ranges of keys.
 *
 * @param all the segments, in the order of their rows
 * @param window the most keys that a row attends to, its own being the last; 0 for no limit
 * @param shared the first key of those that only one segment attends to
 */
@Internal
public record Segments(List<Segment> all, int window, int shared) {
  /**
   * Attention probabilities are kept for the backward pass if a query attends to at most this many
   * keys on average; for more they would take more memory than the rest of a layer.
   */
  public static final int KEPT_KEYS = 512;

  /** The range of keys [start, start + length). */
  public record Range(long start, long length) {}

  /**
   * The query rows [start, start + length).
   *
   * @param keys the ranges of keys that the rows attend to, in this order; the last {@code length}
   *     keys are the rows' own (causal)
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

  /** Returns whether the attention probabilities are few enough to be kept. */
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

  /** Returns the number of ranges of keys of each segment. */
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
