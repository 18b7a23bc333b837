package io.telecomllm.training.gradients;

import static com.google.common.base.Preconditions.checkArgument;

import io.telecomllm.Internal;
import io.telecomllm.model.TokenBatch;
import io.telecomllm.model.TokenBatch.Segment;
import io.telecomllm.training.batching.PackedBatch;
import io.telecomllm.training.batching.StepBatch;
import io.telecomllm.training.batching.TrainingNoise;
import io.telecomllm.training.objective.Objective;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/**
 * A part of a step in plain arrays, so that it can be sent to other processes.
 *
 * @param share the share that it has of the terms of the step's objective, over 0 and at most 1
 * @param batches the micro-batches, in order
 * @param noise the noise of their training passes
 */
@SuppressWarnings("ArrayRecordComponent")
@Internal
public record Slice(double share, Packed[] batches, TrainingNoise noise) implements Serializable {
  /**
   * A micro-batch in plain arrays.
   *
   * @param ids the token of each row
   * @param segments start, length and parent of each segment, one after the other
   * @param rows the rows that predict a label
   * @param labels the token that each of these rows must predict
   * @param weights the weight of each label in the loss
   * @param owners the example that each label belongs to
   * @param choices the labels that choose an option
   * @param unshared the number of rows without sharing
   */
  @SuppressWarnings("ArrayRecordComponent")
  public record Packed(
      int[] ids,
      int[] segments,
      int[] rows,
      int[] labels,
      float[] weights,
      int[] owners,
      PackedBatch.Choice[] choices,
      int unshared)
      implements Serializable {
    static Packed of(PackedBatch batch) {
      return new Packed(
          batch.tokens().ids(),
          batch.tokens().segments().stream()
              .flatMapToInt(s -> IntStream.of(s.start(), s.length(), s.parent()))
              .toArray(),
          batch.rows(),
          batch.labels(),
          batch.weights(),
          batch.owners(),
          batch.choices().toArray(PackedBatch.Choice[]::new),
          batch.unshared());
    }

    PackedBatch batch() {
      List<Segment> all = new ArrayList<>();
      for (int i = 0; i < segments.length; i += 3) {
        all.add(new Segment(segments[i], segments[i + 1], segments[i + 2]));
      }
      return new PackedBatch(
          new TokenBatch(ids, all), rows, labels, weights, owners, List.of(choices), unshared);
    }
  }

  /**
   * Cuts a step into at most {@code slices} runs of consecutive micro-batches of about equal
   * number. The cut depends on the step alone, not on who computes the slices. A slice without
   * terms is left out.
   */
  public static List<Slice> cut(StepBatch step, Objective objective, int slices) {
    double terms = objective.terms(step.batches());
    checkArgument(terms > 0, "a step without supervised tokens");
    int count = step.batches().size();
    int parts = Math.min(slices, count);
    List<Slice> cut = new ArrayList<>();
    for (int i = 0; i < parts; i++) {
      int first = (int) ((long) i * count / parts);
      List<PackedBatch> batches =
          step.batches().subList(first, (int) ((long) (i + 1) * count / parts));
      double own = objective.terms(batches);
      if (own > 0) {
        cut.add(
            new Slice(
                own / terms,
                batches.stream().map(Packed::of).toArray(Packed[]::new),
                step.noise().from(first)));
      }
    }
    return cut;
  }

  /** Returns the micro-batches as a step of their own. */
  public StepBatch step() {
    return new StepBatch(
        IntStream.range(0, batches.length).mapToObj(i -> batches[i].batch()).toList(), noise);
  }
}
