package io.telecomllm.training.batching;

import io.telecomllm.Internal;
import java.util.List;
import java.util.stream.IntStream;

/**
 * The micro-batches of one optimizer step. A step minimises a mean over all of them, so neither
 * their number nor their sizes change the result beyond rounding.
 *
 * @param batches in the order in which they are computed
 * @param noise the noise of their training passes
 */
@Internal
public record StepBatch(List<PackedBatch> batches, TrainingNoise noise) {
  /** Keeps a copy of the list. */
  public StepBatch {
    batches = List.copyOf(batches);
  }

  /** Creates a step without noise. */
  public StepBatch(List<PackedBatch> batches) {
    this(batches, TrainingNoise.NONE);
  }

  /** Returns the number of rows that are computed. */
  public int rows() {
    return batches.stream().mapToInt(b -> b.tokens().rows()).sum();
  }

  /** Returns the number of tokens of the examples, shared beginnings counted for each. */
  public int tokens() {
    return batches.stream().mapToInt(PackedBatch::unshared).sum();
  }

  /** Returns the number of tokens to predict. */
  public int supervised() {
    return batches.stream().mapToInt(b -> b.labels().length).sum();
  }

  /** Returns the number of examples that have a token to predict. */
  public int examples() {
    return batches.stream().mapToInt(b -> (int) IntStream.of(b.owners()).distinct().count()).sum();
  }
}
