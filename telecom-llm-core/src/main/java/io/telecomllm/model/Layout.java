package io.telecomllm.model;

import static com.google.common.base.Preconditions.checkArgument;

import com.google.common.primitives.Ints;
import io.telecomllm.tensor.Segments;
import io.telecomllm.tensor.Segments.Range;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The layout of a batch: for each row its position in its sequence, the regime of its rotary
 * embedding, the place of its key, and the keys that it attends to. These are plain numbers, from
 * which {@link Visibility} makes tensors.
 */
final class Layout {
  private final ModelConfig config;
  private final Reading reading;
  private final TokenBatch batch;
  private final @Nullable KvCache cache;
  private final List<Line> lines;
  private final Line[] lineOf; // of each segment
  private final int[] slots; // of each row: where its key lies

  /**
   * The trees that continue one sequence of a cache. Without a cache each tree is a line of its
   * own, which continues an empty sequence.
   *
   * @param held the rows of the cache that hold the sequence's keys
   * @param segments the numbers of the segments of the trees
   * @param length the length of the longest sequence that the line contains
   * @param regime the regime of the rotary embedding of all its rows
   */
  private record Line(
      KvCache.Sequence sequence, List<Range> held, List<Integer> segments, int length, int regime) {
    /** Returns whether the keys in the cache were rotated by another regime than the line's. */
    boolean stale() {
      return sequence.length() > 0 && sequence.regime() != regime;
    }
  }

  private Layout(ModelConfig config, Reading reading, Regime regime) {
    this.config = config;
    this.reading = reading;
    this.batch = reading.batch();
    this.cache = reading.cache();
    this.lines = lines(regime);
    this.lineOf = new Line[batch.segments().size()];
    lines.forEach(line -> line.segments().forEach(number -> lineOf[number] = line));
    requireFits();
    this.slots = cache == null ? IntStream.range(0, batch.rows()).toArray() : slots(cache);
  }

  /**
   * Lays out a batch that continues what the cache holds.
   *
   * @throws IllegalArgumentException if the model cannot read the batch or the cache has no room
   *     for it
   */
  static Layout of(ModelConfig config, Reading reading) {
    RopeScaling scaling = config.rope().scaling();
    return new Layout(config, reading, (sequence, length) -> scaling.regime(length));
  }

  private interface Regime {
    int of(KvCache.Sequence sequence, int length);
  }

  private List<Line> lines(Regime regime) {
    int[] roots = batch.roots();
    Map<Integer, List<Integer>> groups = new LinkedHashMap<>();
    for (int i = 0; i < roots.length; i++) {
      int sequence = batch.segments().get(roots[i]).sequence();
      checkArgument(
          cache != null || sequence == 0,
          "the batch continues sequence %s of a cache, and there is no cache",
          sequence);
      groups.computeIfAbsent(cache == null ? roots[i] : sequence, k -> new ArrayList<>()).add(i);
    }
    int[] depths = batch.depths();
    List<Line> lines = new ArrayList<>();
    groups.forEach(
        (key, segments) -> {
          KvCache.Sequence sequence = cache == null ? KvCache.NOTHING : cache.sequence(key);
          int length =
              sequence.length() + segments.stream().mapToInt(i -> depths[i]).max().orElse(0);
          List<Range> held = KeyRanges.of(sequence.rows(), 0, sequence.length());
          lines.add(new Line(sequence, held, segments, length, regime.of(sequence, length)));
        });
    return lines;
  }

  private void requireFits() {
    int longest = lines.stream().mapToInt(Line::length).max().orElse(0);
    checkArgument(
        longest <= config.contextLength(),
        "%s tokens are more than the context length %s of this model",
        longest,
        config.contextLength());
    if (cache != null) {
      int held = cache.heldWhenReadAgain(stale().map(Line::sequence).toList());
      checkArgument(
          (long) held + batch.rows() <= cache.capacity(),
          "%s tokens and %s in the cache are more than its capacity %s",
          batch.rows(),
          held,
          cache.capacity());
    }
    for (int id : batch.ids()) {
      checkArgument(
          id >= 0 && id < config.vocabularySize(),
          "token id %s, must be 0 to %s",
          id,
          config.vocabularySize() - 1);
    }
  }

  private Stream<Line> stale() {
    return lines.stream().filter(Line::stale);
  }

  private int[] slots(KvCache cache) {
    int[] places = new int[batch.rows()];
    BitSet taken = new BitSet();
    for (Line line : lines) {
      int[] rows = batch.rowsOf(line.segments());
      int[] found = cache.place(line.sequence(), rows.length, taken);
      for (int i = 0; i < rows.length; i++) {
        places[rows[i]] = found[i];
      }
    }
    return places;
  }

  /**
   * Empties the sequences of the cache whose keys were rotated by another regime than this pass
   * needs.
   *
   * @return the layout of their tokens, to be read again before the batch is laid out a second
   *     time; null if there are none
   */
  @Nullable Layout forgetStale() {
    List<Line> stale = stale().toList();
    if (cache == null || stale.isEmpty()) {
      return null;
    }
    List<TokenBatch.Segment> segments = new ArrayList<>();
    int[] ids = new int[0];
    for (Line line : stale) {
      KvCache.Sequence sequence = line.sequence();
      int start = ids.length;
      segments.add(new TokenBatch.Segment(start, sequence.length(), -1, sequence.number()));
      ids = Ints.concat(ids, sequence.ids());
      cache.truncate(sequence.number(), 0);
      sequence.turn(line.regime());
    }
    Reading again = reading.again(new TokenBatch(ids, segments));
    return new Layout(config, again, (sequence, length) -> sequence.regime());
  }

  /**
   * Adds what this pass has read to the sequences of the cache. A sequence that the batch continues
   * in several ways stays as it was.
   */
  void keep() {
    for (Line line : lines) {
      if (cache != null && straight(line.segments())) {
        int[] rows = batch.rowsOf(line.segments());
        cache.append(line.sequence(), at(batch.ids(), rows), at(slots, rows));
        line.sequence().turn(line.regime());
      }
    }
  }

  /** Returns whether each segment continues the one before it. */
  private boolean straight(List<Integer> numbers) {
    int before = -1;
    for (int number : numbers) {
      if (batch.segments().get(number).parent() != before) {
        return false;
      }
      before = number;
    }
    return true;
  }

  private static int[] at(int[] values, int[] places) {
    return Arrays.stream(places).map(place -> values[place]).toArray();
  }

  ModelConfig config() {
    return config;
  }

  Reading reading() {
    return reading;
  }

  /** Returns for each row where its key lies among the keys of the pass. */
  int[] slots() {
    return slots;
  }

  /** Returns the position of each row in its sequence, from 0. */
  long[] positions() {
    int[] depths = batch.depths();
    long[] positions = new long[batch.rows()];
    for (int i = 0; i < depths.length; i++) {
      TokenBatch.Segment segment = batch.segments().get(i);
      long first = (long) lineOf[i].sequence().length() + depths[i] - segment.length();
      for (int j = 0; j < segment.length(); j++) {
        positions[segment.start() + j] = first + j;
      }
    }
    return positions;
  }

  /** Returns the {@link RopeScaling#regime} of each row. */
  int[] regimes() {
    int[] regimes = new int[batch.rows()];
    for (int i = 0; i < lineOf.length; i++) {
      TokenBatch.Segment segment = batch.segments().get(i);
      Arrays.fill(regimes, segment.start(), segment.end(), lineOf[i].regime());
    }
    return regimes;
  }

  /**
   * The rows that query. In each segment they are its last rows, so that causal attention applies
   * to them unchanged.
   *
   * @param skipped for each segment the number of first rows that do not query
   * @param rows the rows that query, ascending
   */
  // thousands of rows, see TokenBatch
  @SuppressWarnings("ArrayRecordComponent")
  record Queries(int[] skipped, int[] rows) {}

  /** Returns all rows as queries. */
  Queries queries() {
    return new Queries(new int[lineOf.length], IntStream.range(0, batch.rows()).toArray());
  }

  /** Returns the rows of each segment from its first wanted row on. */
  Queries queries(int[] wanted) {
    int[] sorted = Arrays.stream(wanted).sorted().toArray();
    int[] skipped = new int[lineOf.length];
    IntStream.Builder rows = IntStream.builder();
    for (int i = 0; i < skipped.length; i++) {
      TokenBatch.Segment segment = batch.segments().get(i);
      int at = Arrays.binarySearch(sorted, segment.start());
      int next = at >= 0 ? at : -1 - at;
      int first = next < sorted.length ? Math.min(sorted[next], segment.end()) : segment.end();
      skipped[i] = first - segment.start();
      IntStream.range(first, segment.end()).forEach(rows::add);
    }
    return new Queries(skipped, rows.build().toArray());
  }

  /**
   * Returns which keys the querying rows attend to.
   *
   * @param window the most keys that a row attends to; 0 for no limit
   */
  Segments segments(Queries queries, int window) {
    List<Segments.Segment> seen = new ArrayList<>();
    long shared = 0;
    int start = 0;
    for (int i = 0; i < lineOf.length; i++) {
      int length = batch.segments().get(i).length() - queries.skipped()[i];
      if (length == 0) {
        continue;
      }
      List<Range> before = before(i);
      for (Range range : before) {
        shared = Math.max(shared, range.start() + range.length());
      }
      // without the keys that even the first row of the segment does not attend to
      List<Range> keys = window == 0 ? before : KeyRanges.last(before, window - 1L);
      seen.add(new Segments.Segment(start, length, KeyRanges.joined(keys, own(i))));
      start += length;
    }
    return new Segments(seen, window, Math.toIntExact(shared));
  }

  /** Returns the keys of the sequence that a segment continues, first to last. */
  private List<Range> before(int number) {
    int parent = batch.segments().get(number).parent();
    return parent < 0 ? lineOf[number].held() : KeyRanges.joined(before(parent), own(parent));
  }

  private List<Range> own(int number) {
    TokenBatch.Segment segment = batch.segments().get(number);
    return KeyRanges.of(slots, segment.start(), segment.end());
  }
}
