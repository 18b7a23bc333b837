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
 * Where the rows of a batch stand: each one's position in its sequence, the regime of its rotary
 * embedding, where its key lies, and which keys it sees. Plain numbers; {@link Visibility} makes
 * tensors of them.
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
   * The trees that continue one sequence of a cache; without a cache each tree is a line of its
   * own, behind an empty sequence.
   *
   * @param held where the keys of the sequence lie
   * @param segments the numbers of the segments of its trees
   * @param length of the longest sequence that the pass makes of it
   * @param regime of the rotary embedding for all of it
   */
  private record Line(
      KvCache.Sequence sequence, List<Range> held, List<Integer> segments, int length, int regime) {
    /** Whether the keys that are held were turned otherwise than this length asks for. */
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
   * The layout of a batch behind what the cache holds.
   *
   * @throws IllegalArgumentException if the model cannot read it or the cache cannot hold it
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
          cache != null || sequence == 0, "there is no cache with a sequence %s", sequence);
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
   * Makes the cache forget the sequences whose keys were turned by another regime than this pass
   * needs.
   *
   * @return their tokens, to be read again before this pass is laid out once more; null for none
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
   * Makes the sequences of the cache longer by what this pass has read. A sequence that its rows
   * continue in several ways stays as it was: those rows are forgotten.
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

  /** Of each row, where among the keys of the pass its own lies. */
  int[] slots() {
    return slots;
  }

  /** Each row's place in its sequence. */
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

  /** Each row's {@link RopeScaling#regime}. */
  int[] regimes() {
    int[] regimes = new int[batch.rows()];
    for (int i = 0; i < lineOf.length; i++) {
      TokenBatch.Segment segment = batch.segments().get(i);
      Arrays.fill(regimes, segment.start(), segment.end(), lineOf[i].regime());
    }
    return regimes;
  }

  /**
   * Rows that query: of each segment those from one on to its last, so that they stay causal.
   *
   * @param skipped of each segment the number of its first rows that do not query
   * @param rows ascending
   */
  // see TokenBatch: rows by the thousand
  @SuppressWarnings("ArrayRecordComponent")
  record Queries(int[] skipped, int[] rows) {}

  /** All rows. */
  Queries queries() {
    return new Queries(new int[lineOf.length], IntStream.range(0, batch.rows()).toArray());
  }

  /** Those from the first wanted row of each segment on. */
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
   * Which keys the querying rows see.
   *
   * @param window how many keys a row sees at most; 0: all
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
      // what even the first row of the segment does not see is left out
      List<Range> keys = window == 0 ? before : KeyRanges.last(before, window - 1L);
      seen.add(new Segments.Segment(start, length, KeyRanges.joined(keys, own(i))));
      start += length;
    }
    return new Segments(seen, window, Math.toIntExact(shared));
  }

  /** The keys that a segment continues, first to last. */
  private List<Range> before(int number) {
    int parent = batch.segments().get(number).parent();
    return parent < 0 ? lineOf[number].held() : KeyRanges.joined(before(parent), own(parent));
  }

  private List<Range> own(int number) {
    TokenBatch.Segment segment = batch.segments().get(number);
    return KeyRanges.of(slots, segment.start(), segment.end());
  }
}
