package io.telecomllm.model;

import static com.google.common.base.Preconditions.checkArgument;

import io.telecomllm.tensor.Segments;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Token sequences laid out without padding, as a tree: what several of them begin with is held, and
 * computed, once.
 *
 * <p>Row r holds the token {@code ids[r]}. The rows are cut into segments; a segment continues its
 * parent, so its rows see themselves (causally), their parent's rows, that one's parent's, and so
 * on. A segment without a parent continues what the cache holds, or begins a sequence where there
 * is no cache.
 *
 * <p>Where the rotary embedding depends on the length of the sequence (LongRoPE, dynamic NTK), the
 * longest sequence of a tree decides for all of it.
 *
 * @param ids one token id a row
 * @param segments in the order of their rows
 */
// rows by the thousand: boxed ids would cost more than records gain
@SuppressWarnings("ArrayRecordComponent")
public record TokenBatch(int[] ids, List<Segment> segments) {
  /**
   * Rows [start, start + length).
   *
   * @param parent the number of the segment that it continues, smaller than its own; -1 for none
   */
  public record Segment(int start, int length, int parent) {}

  /** Checks that the segments cover the rows and that parents come first. */
  public TokenBatch {
    segments = List.copyOf(segments);
    checkArgument(ids.length > 0, "a batch without tokens");
    int next = 0;
    for (int i = 0; i < segments.size(); i++) {
      Segment segment = segments.get(i);
      checkArgument(
          segment.start() == next && segment.length() > 0,
          "segment %s is %s, the rows before it end at %s",
          i,
          segment,
          next);
      checkArgument(
          segment.parent() >= -1 && segment.parent() < i,
          "segment %s has no parent %s",
          i,
          segment);
      next += segment.length();
    }
    checkArgument(next == ids.length, "segments of %s rows for %s tokens", next, ids.length);
  }

  /** One sequence. */
  public static TokenBatch of(int... ids) {
    return new TokenBatch(ids, List.of(new Segment(0, ids.length, -1)));
  }

  /** The number of rows. */
  public int rows() {
    return ids.length;
  }

  /** Checks that a model can read it, behind what the cache holds. */
  void requireFits(ModelConfig config, @Nullable KvCache cache) {
    int cached = cache == null ? 0 : cache.length();
    int last = cached + longest();
    checkArgument(
        last <= config.contextLength(),
        "%s tokens are more than the context length %s of this model",
        last,
        config.contextLength());
    if (cache != null) {
      checkArgument(
          (long) cached + rows() <= cache.capacity(),
          "%s tokens and %s in the cache are more than its capacity %s",
          rows(),
          cached,
          cache.capacity());
    }
    for (int id : ids) {
      checkArgument(
          id >= 0 && id < config.vocabularySize(),
          "token id %s, must be 0 to %s",
          id,
          config.vocabularySize() - 1);
    }
  }

  /** Each row's place in its sequence, counted from {@code first}. */
  long[] positions(int first) {
    long[] positions = new long[ids.length];
    for (Segment segment : segments) {
      long at = segment.parent() < 0 ? first : end(positions, segments.get(segment.parent()));
      for (int i = 0; i < segment.length(); i++) {
        positions[segment.start() + i] = at + i;
      }
    }
    return positions;
  }

  private static long end(long[] positions, Segment segment) {
    return positions[segment.start() + segment.length() - 1] + 1;
  }

  /** The length of the longest sequence, what it continues not counted. */
  int longest() {
    return (int) Arrays.stream(positions(0)).max().orElse(-1) + 1;
  }

  /** For each row, the length of the longest sequence of the tree that it belongs to. */
  int[] treeLengths() {
    long[] positions = positions(0);
    int[] root = new int[segments.size()];
    int[] longest = new int[segments.size()];
    for (int i = 0; i < root.length; i++) {
      Segment segment = segments.get(i);
      root[i] = segment.parent() < 0 ? i : root[segment.parent()];
      longest[root[i]] = (int) Math.max(longest[root[i]], end(positions, segment));
    }
    int[] lengths = new int[ids.length];
    for (int i = 0; i < root.length; i++) {
      Segment segment = segments.get(i);
      Arrays.fill(lengths, segment.start(), segment.start() + segment.length(), longest[root[i]]);
    }
    return lengths;
  }

  /** For each row, the length of the longest sequence that it is part of. */
  int[] sequenceLengths() {
    long[] positions = positions(0);
    int[] longest = new int[segments.size()];
    int[] lengths = new int[ids.length];
    // children come after their parent
    for (int i = longest.length - 1; i >= 0; i--) {
      Segment segment = segments.get(i);
      longest[i] = (int) Math.max(longest[i], end(positions, segment));
      if (segment.parent() >= 0) {
        longest[segment.parent()] = Math.max(longest[segment.parent()], longest[i]);
      }
      Arrays.fill(lengths, segment.start(), segment.start() + segment.length(), longest[i]);
    }
    return lengths;
  }

  /**
   * Rows that query: of each segment those from one on to its last.
   *
   * @param from of each segment how many rows do not, all of them where none does
   * @param rows ascending
   */
  // see above: rows by the thousand
  @SuppressWarnings("ArrayRecordComponent")
  record Queries(int[] from, int[] rows) {}

  /** All rows. */
  Queries queries() {
    return new Queries(new int[segments.size()], IntStream.range(0, rows()).toArray());
  }

  /** Those from the first wanted row of each segment on. */
  Queries queries(int[] wanted) {
    int[] sorted = Arrays.stream(wanted).sorted().toArray();
    int[] from = new int[segments.size()];
    IntStream.Builder rows = IntStream.builder();
    for (int i = 0; i < from.length; i++) {
      Segment segment = segments.get(i);
      int at = Arrays.binarySearch(sorted, segment.start());
      int next = at >= 0 ? at : -1 - at;
      int first = next < sorted.length ? sorted[next] : rows();
      from[i] = Math.min(segment.length(), first - segment.start());
      IntStream.range(segment.start() + from[i], segment.start() + segment.length())
          .forEach(rows::add);
    }
    return new Queries(from, rows.build().toArray());
  }

  /**
   * Who sees whom, where {@code cached} keys lie before those of the rows.
   *
   * @param window how many keys a row sees at most; 0: all
   */
  Segments attention(Queries queries, int cached, int window) {
    List<Segments.Segment> seen = new ArrayList<>();
    long shared = 0;
    int start = 0;
    for (int i = 0; i < segments.size(); i++) {
      Segment segment = segments.get(i);
      int length = segment.length() - queries.from()[i];
      if (length == 0) {
        continue;
      }
      List<Segments.Range> before = before(segment, cached);
      for (Segments.Range range : before) {
        shared = Math.max(shared, range.start() + range.length());
      }
      // what even the first row of the segment does not see is left out
      List<Segments.Range> keys = window == 0 ? before : last(before, window - 1L);
      keys = joined(keys, new Segments.Range((long) cached + segment.start(), segment.length()));
      seen.add(new Segments.Segment(start, length, keys));
      start += length;
    }
    return new Segments(seen, window, Math.toIntExact(shared));
  }

  /** The keys that a segment continues, first to last. */
  private List<Segments.Range> before(Segment segment, int cached) {
    if (segment.parent() < 0) {
      return cached == 0 ? List.of() : List.of(new Segments.Range(0, cached));
    }
    Segment parent = segments.get(segment.parent());
    Segments.Range own = new Segments.Range((long) cached + parent.start(), parent.length());
    return joined(before(parent, cached), own);
  }

  /** One more range; a part of the last one where it lies directly behind that. */
  private static List<Segments.Range> joined(List<Segments.Range> ranges, Segments.Range next) {
    List<Segments.Range> all = new ArrayList<>(ranges);
    if (!all.isEmpty()) {
      Segments.Range last = all.get(all.size() - 1);
      if (last.start() + last.length() == next.start()) {
        all.remove(all.size() - 1);
        all.add(new Segments.Range(last.start(), last.length() + next.length()));
        return all;
      }
    }
    all.add(next);
    return all;
  }

  /** The last so many keys of the ranges. */
  private static List<Segments.Range> last(List<Segments.Range> ranges, long count) {
    List<Segments.Range> all = new ArrayList<>();
    long left = count;
    for (int i = ranges.size() - 1; i >= 0 && left > 0; i--) {
      Segments.Range range = ranges.get(i);
      long some = Math.min(left, range.length());
      all.add(0, new Segments.Range(range.start() + range.length() - some, some));
      left -= some;
    }
    return all;
  }
}
