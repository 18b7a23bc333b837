package io.telecomllm.model;

import static com.google.common.base.Preconditions.checkArgument;

import io.telecomllm.Internal;
import io.telecomllm.tensor.Operators;
import io.telecomllm.tensor.Seed;
import io.telecomllm.tensor.Tensor;

/**
 * NEFTune (Jain et al. 2023): uniform noise on the embeddings during training, between -m and m
 * with m = alpha / sqrt(tokens of the sequence * features). For a row that several sequences share,
 * the longest one counts.
 *
 * @param alpha the strength of the noise, finite and at least 0; 0 for none
 * @param seed a different one for each micro-batch of a run
 */
@Internal
public record EmbeddingNoise(double alpha, Seed seed) {
  /** No noise. */
  public static final EmbeddingNoise NONE = new EmbeddingNoise(0, new Seed(0));

  /** Checks the range. */
  public EmbeddingNoise {
    checkArgument(
        alpha >= 0 && Double.isFinite(alpha), "alpha is %s, must be finite and at least 0", alpha);
  }

  /** Adds the noise to x (rows, features), the embeddings of the batch. */
  void addInPlace(Operators ops, Tensor x, TokenBatch batch) {
    if (alpha == 0) {
      return;
    }
    int[] lengths = batch.sequenceLengths();
    float[] magnitudes = new float[lengths.length];
    for (int row = 0; row < lengths.length; row++) {
      magnitudes[row] = (float) (alpha / Math.sqrt((double) lengths[row] * x.size(1)));
    }
    ops.random().addUniformInPlace(x, ops.floats(magnitudes, magnitudes.length), seed);
  }
}
