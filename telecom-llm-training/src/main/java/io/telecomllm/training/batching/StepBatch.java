package io.telecomllm.training.batching;

import java.util.List;

/**
 * The micro-batches of one optimizer step. What a step minimises is a mean over all of them, so
 * neither their number nor their sizes change it.
 *
 * @param batches in the order in which they are computed
 * @param noise of their training passes
 */
public record StepBatch(List<PackedBatch> batches, TrainingNoise noise) {
  /** Keeps a copy of the list. */
  public StepBatch {
    batches = List.copyOf(batches);
  }

  /** Without noise. */
  public StepBatch(List<PackedBatch> batches) {
    this(batches, TrainingNoise.NONE);
  }

  /** The number of rows that are computed. */
  public int rows() {
    return batches.stream().mapToInt(b -> b.tokens().rows()).sum();
  }

  /** The number of tokens that the examples have, shared beginnings counted for each. */
  public int tokens() {
    return batches.stream().mapToInt(PackedBatch::unshared).sum();
  }

  /** The number of tokens to be predicted. */
  public int supervised() {
    return batches.stream().mapToInt(b -> b.labels().length).sum();
  }
}
