package io.telecomllm.model;

import static com.google.common.base.Preconditions.checkArgument;

import io.telecomllm.Internal;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Token sequences without padding, as trees: a beginning that several sequences share is held, and
 * computed, once.
 *
 * <p>Row r holds the token {@code ids[r]}. The rows are divided into segments. A segment continues
 * its parent: its rows attend to each other (causally), to the rows of the parent, to those of the
 * parent's parent, and so on. A segment without a parent is the root of a tree: it continues a
 * sequence of a {@link KvCache}, or begins a sequence if there is no cache.
 *
 * <p>If the rotary embedding depends on the length of the sequence (LongRoPE, dynamic NTK), the
 * longest sequence of a tree determines it for the whole tree; among trees that continue the same
 * sequence of a cache, the longest sequence of all of them.
 *
 * @param ids one token id per row
 * @param segments the segments, in the order of their rows
 */
// thousands of rows, for which an array is cheaper than a list of boxed ids
@SuppressWarnings("ArrayRecordComponent")
@Internal
public record TokenBatch(int[] ids, List<Segment> segments) {
  /**
   * The rows [start, start + length).
   *
   * @param parent the number of the segment that it continues, smaller than its own; -1 for none
   * @param sequence the sequence of a cache that a root continues; 0 if it has a parent or there is
   *     no cache
   */
  public record Segment(int start, int length, int parent, int sequence) {
    /** Checks that it continues a parent or a sequence, not both. */
    public Segment {
      checkArgument(
          parent < 0 || sequence == 0,
          "a segment continues its parent %s, not sequence %s",
          parent,
          sequence);
    }

    /** Creates a segment that continues its parent, or sequence 0 if it has none. */
    public Segment(int start, int length, int parent) {
      this(start, length, parent, 0);
    }

    int end() {
      return start + length;
    }
  }

  /** Checks that the segments cover the rows and that parents come first. */
  public TokenBatch {
    segments = List.copyOf(segments);
    checkArgument(ids.length > 0, "the batch has no tokens");
    int next = 0;
    for (int i = 0; i < segments.size(); i++) {
      Segment segment = segments.get(i);
      checkArgument(
          segment.start() == next && segment.length() > 0,
          "segment %s is %s, must start at row %s and have at least one",
          i,
          segment,
          next);
      checkArgument(
          segment.parent() >= -1 && segment.parent() < i,
          "segment %s is %s, its parent must be an earlier one or -1",
          i,
          segment);
      next += segment.length();
    }
    checkArgument(
        next == ids.length,
        "the segments have %s rows, must have one for each of %s tokens",
        next,
        ids.length);
  }

  /** Returns a batch of one sequence; with a cache it continues sequence 0. */
  public static TokenBatch of(int... ids) {
    return continuing(0, ids);
  }

  /** Returns a batch that continues one sequence of a cache. */
  public static TokenBatch continuing(int sequence, int... ids) {
    return new TokenBatch(ids, List.of(new Segment(0, ids.length, -1, sequence)));
  }

  /**
   * Returns a step of batched decoding: {@code ids[i]} continues sequence {@code sequences[i]} of a
   * cache.
   */
  public static TokenBatch step(int[] sequences, int[] ids) {
    checkArgument(
        sequences.length == ids.length, "%s tokens for %s sequences", ids.length, sequences.length);
    checkArgument(
        Arrays.stream(sequences).distinct().count() == sequences.length,
        "a sequence is named twice in %s",
        Arrays.toString(sequences));
    List<Segment> segments = new ArrayList<>();
    for (int row = 0; row < ids.length; row++) {
      segments.add(new Segment(row, 1, -1, sequences[row]));
    }
    return new TokenBatch(ids, segments);
  }

  /** Returns the number of rows. */
  public int rows() {
    return ids.length;
  }

  /** Returns for each segment the number of the root of its tree. */
  int[] roots() {
    int[] roots = new int[segments.size()];
    for (int i = 0; i < roots.length; i++) {
      int parent = segments.get(i).parent();
      roots[i] = parent < 0 ? i : roots[parent];
    }
    return roots;
  }

  /** Returns for each segment the number of tokens from the beginning of its tree to its end. */
  int[] depths() {
    int[] depths = new int[segments.size()];
    for (int i = 0; i < depths.length; i++) {
      Segment segment = segments.get(i);
      depths[i] = segment.length() + (segment.parent() < 0 ? 0 : depths[segment.parent()]);
    }
    return depths;
  }

  /** Returns for each row the length of the longest sequence of its tree that it is part of. */
  int[] sequenceLengths() {
    int[] longest = depths();
    int[] lengths = new int[ids.length];
    // children come after their parent
    for (int i = longest.length - 1; i >= 0; i--) {
      Segment segment = segments.get(i);
      int parent = segment.parent();
      if (parent >= 0) {
        longest[parent] = Math.max(longest[parent], longest[i]);
      }
      Arrays.fill(lengths, segment.start(), segment.end(), longest[i]);
    }
    return lengths;
  }

  /** Returns the rows of these segments, in the order of the segments. */
  int[] rowsOf(List<Integer> numbers) {
    return numbers.stream()
        .map(segments::get)
        .flatMapToInt(segment -> IntStream.range(segment.start(), segment.end()))
        .toArray();
  }
}
