package io.telecomllm.training.batching;

import io.telecomllm.model.EmbeddingNoise;
import io.telecomllm.tensor.Seed;
import java.io.Serializable;

/**
 * What makes a training pass differ from an evaluation. Everything random comes from the seed and
 * the number of the micro-batch: no generator has a state that a resumed run would have to restore.
 *
 * @param neftuneAlpha see {@link EmbeddingNoise}; 0: none
 * @param seed of the step; dropout draws from it too
 * @param first the number of the first micro-batch among those of the step
 */
public record TrainingNoise(double neftuneAlpha, Seed seed, int first) implements Serializable {
  /** None at all, but for the dropout of an adapter that has one. */
  public static final TrainingNoise NONE = new TrainingNoise(0, new Seed(0), 0);

  /** The seed of a micro-batch's dropout, by its place in the step's list. */
  public Seed dropout(int batch) {
    return seed.child("dropout").child(first + (long) batch);
  }

  /** The noise on a micro-batch's embeddings, by its place in the step's list. */
  public EmbeddingNoise embedding(int batch) {
    return neftuneAlpha == 0
        ? EmbeddingNoise.NONE
        : new EmbeddingNoise(neftuneAlpha, seed.child("neftune").child(first + (long) batch));
  }

  /** The noise of a part of the step that begins that many micro-batches later. */
  public TrainingNoise from(int batches) {
    return new TrainingNoise(neftuneAlpha, seed, first + batches);
  }
}
