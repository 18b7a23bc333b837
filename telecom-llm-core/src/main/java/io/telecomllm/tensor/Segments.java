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
   * The query rows [start, start + length). They see the contiguous keys [keyStart, keyStart +
   * keyLength), whose last {@code length} are their own (causally), and before them the keys of the
   * rows {@code prefix}.
   *
   * @param start the first query row
   * @param length the number of query rows
   * @param keyStart the first contiguous key
   * @param keyLength the number of contiguous keys
   * @param prefix (n), int64; no elements where there are none
   */
  public record Segment(long start, long length, long keyStart, long keyLength, Tensor prefix) {}

  /** Keeps a copy of the list. */
  public Segments {
    all = List.copyOf(all);
  }

  long[] starts() {
    return each(Segment::start);
  }

  long[] lengths() {
    return each(Segment::length);
  }

  long[] keyStarts() {
    return each(Segment::keyStart);
  }

  long[] keyLengths() {
    return each(Segment::keyLength);
  }

  List<Tensor> prefixes() {
    return all.stream().map(Segment::prefix).toList();
  }

  private long[] each(ToLongFunction<Segment> part) {
    return all.stream().mapToLong(part).toArray();
  }
}
