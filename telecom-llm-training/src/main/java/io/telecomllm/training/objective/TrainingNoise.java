package io.telecomllm.training.objective;

import io.telecomllm.model.EmbeddingNoise;
import io.telecomllm.tensor.Seed;
import java.io.Serializable;

/**
 * What makes a training pass differ from an evaluation. Everything random comes from the seed and
 * the number of the micro-batch: no generator has a state that a resumed run would have to restore.
 *
 * @param neftuneAlpha see {@link EmbeddingNoise}; 0: none
 * @param labelSmoothing the share of a label that is spread over the vocabulary; 0: none
 * @param seed of the step; dropout draws from it too
 * @param first the number of the window's first micro-batch among those of the step
 */
public record TrainingNoise(double neftuneAlpha, double labelSmoothing, Seed seed, int first)
    implements Serializable {
  /** None at all, but for the dropout of an adapter that has one. */
  public static final TrainingNoise NONE = new TrainingNoise(0, 0, new Seed(0), 0);

  Seed dropout(int batch) {
    return seed.child("dropout").child(first + (long) batch);
  }

  EmbeddingNoise embedding(int batch) {
    return neftuneAlpha == 0
        ? EmbeddingNoise.NONE
        : new EmbeddingNoise(neftuneAlpha, seed.child("neftune").child(first + (long) batch));
  }

  /** The same for a part of the window that begins so many micro-batches later. */
  public TrainingNoise from(int batches) {
    return new TrainingNoise(neftuneAlpha, labelSmoothing, seed, first + batches);
  }
}
