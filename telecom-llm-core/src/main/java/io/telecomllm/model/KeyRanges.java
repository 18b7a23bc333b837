package io.telecomllm.model;

import io.telecomllm.tensor.Segments.Range;
import java.util.ArrayList;
import java.util.List;

/** Operations on lists of ranges of keys, in the order in which attention reads them. */
final class KeyRanges {
  private KeyRanges() {}

  /**
   * Returns the keys in rows[from] to rows[to - 1], in this order and in as few ranges as possible.
   */
  static List<Range> of(int[] rows, int from, int to) {
    List<Range> ranges = new ArrayList<>();
    for (int at = from; at < to; ) {
      int end = at + 1;
      while (end < to && rows[end] == rows[end - 1] + 1) {
        end++;
      }
      ranges.add(new Range(rows[at], end - at));
      at = end;
    }
    return ranges;
  }

  /**
   * Returns the ranges of both lists; one that begins where the one before it ends is joined to it.
   */
  static List<Range> joined(List<Range> ranges, List<Range> more) {
    List<Range> all = new ArrayList<>(ranges);
    for (Range next : more) {
      Range last = all.isEmpty() ? null : all.get(all.size() - 1);
      if (last != null && last.start() + last.length() == next.start()) {
        all.set(all.size() - 1, new Range(last.start(), last.length() + next.length()));
      } else {
        all.add(next);
      }
    }
    return all;
  }

  /** Returns the last {@code count} keys of the ranges, or all if there are fewer. */
  static List<Range> last(List<Range> ranges, long count) {
    List<Range> all = new ArrayList<>();
    long left = count;
    for (int i = ranges.size() - 1; i >= 0 && left > 0; i--) {
      Range range = ranges.get(i);
      long some = Math.min(left, range.length());
      all.add(0, new Range(range.start() + range.length() - some, some));
      left -= some;
    }
    return all;
  }
}
