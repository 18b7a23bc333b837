package io.telecomllm.training.batching;

import io.telecomllm.Internal;
import io.telecomllm.model.EmbeddingNoise;
import io.telecomllm.tensor.Seed;
import java.io.Serializable;

/**
 * The random part of a training pass, which an evaluation does not have. All of it is derived from
 * the seed and the number of the micro-batch, so a resumed run has no generator's state to restore.
 *
 * @param neftuneAlpha the strength of the noise, see {@link EmbeddingNoise}; 0 for none
 * @param seed the seed of the step, for dropout too
 * @param first the number of the first micro-batch among those of the step
 */
@Internal
public record TrainingNoise(double neftuneAlpha, Seed seed, int first) implements Serializable {
  /** No noise on embeddings; an adapter with dropout still has it. */
  public static final TrainingNoise NONE = new TrainingNoise(0, new Seed(0), 0);

  /** Returns the seed for the dropout of a micro-batch, by its index in the step's list. */
  public Seed dropout(int batch) {
    return seed.child("dropout").child(first + (long) batch);
  }

  /** Returns the seed of what the objective draws for a micro-batch, by its index. */
  public Seed draws(int batch) {
    return seed.child("draws").child(first + (long) batch);
  }

  /** Returns the noise on the embeddings of a micro-batch, by its index in the step's list. */
  public EmbeddingNoise embedding(int batch) {
    return neftuneAlpha == 0
        ? EmbeddingNoise.NONE
        : new EmbeddingNoise(neftuneAlpha, seed.child("neftune").child(first + (long) batch));
  }

  /** Returns the noise of a part of the step that begins a number of micro-batches later. */
  public TrainingNoise from(int batches) {
    return new TrainingNoise(neftuneAlpha, seed, first + batches);
  }
}
