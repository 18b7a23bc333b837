package io.telecomllm.training.gradients;

import static com.google.common.base.Preconditions.checkArgument;

import io.telecomllm.model.TokenBatch;
import io.telecomllm.model.TokenBatch.Segment;
import io.telecomllm.training.batching.PackedBatch;
import io.telecomllm.training.objective.TrainingNoise;
import io.telecomllm.training.objective.Window;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/**
 * A part of a step's window as it travels, in plain arrays.
 *
 * @param share of the step's supervised tokens, over 0
 * @param batches its micro-batches, in order
 * @param noise of their training passes
 */
@SuppressWarnings("ArrayRecordComponent")
public record Slice(double share, Packed[] batches, TrainingNoise noise) implements Serializable {
  /**
   * A micro-batch.
   *
   * @param ids the token of each row
   * @param segments start, length and parent of each, one after the other
   * @param rows which rows predict a label
   * @param labels what they are to predict
   * @param unshared how many rows there would be without sharing
   */
  @SuppressWarnings("ArrayRecordComponent")
  public record Packed(int[] ids, int[] segments, int[] rows, int[] labels, int unshared)
      implements Serializable {
    static Packed of(PackedBatch batch) {
      return new Packed(
          batch.tokens().ids(),
          batch.tokens().segments().stream()
              .flatMapToInt(s -> IntStream.of(s.start(), s.length(), s.parent()))
              .toArray(),
          batch.rows(),
          batch.labels(),
          batch.unshared());
    }

    PackedBatch batch() {
      List<Segment> all = new ArrayList<>();
      for (int i = 0; i < segments.length; i += 3) {
        all.add(new Segment(segments[i], segments[i + 1], segments[i + 2]));
      }
      return new PackedBatch(new TokenBatch(ids, all), rows, labels, unshared);
    }
  }

  /**
   * Cuts a window between its micro-batches into neighbours of equal numbers, at most {@code
   * slices}: by the window alone, whoever computes them. A slice with nothing to predict is left
   * out.
   */
  public static List<Slice> cut(Window window, int slices) {
    int supervised = window.supervised();
    checkArgument(supervised > 0, "a window without supervised tokens");
    int count = window.batches().size();
    int parts = Math.min(slices, count);
    List<Slice> cut = new ArrayList<>();
    for (int i = 0; i < parts; i++) {
      int first = (int) ((long) i * count / parts);
      List<PackedBatch> batches =
          window.batches().subList(first, (int) ((long) (i + 1) * count / parts));
      int own = new Window(batches).supervised();
      if (own > 0) {
        cut.add(
            new Slice(
                (double) own / supervised,
                batches.stream().map(Packed::of).toArray(Packed[]::new),
                window.noise().from(first)));
      }
    }
    return cut;
  }

  /** Its micro-batches as a window of their own. */
  public Window window() {
    return new Window(
        IntStream.range(0, batches.length).mapToObj(i -> batches[i].batch()).toList(), noise);
  }
}
