package io.telecomllm.model;

import io.telecomllm.lora.Deltas;
import org.jspecify.annotations.Nullable;

/**
 * What the decoder is asked to read.
 *
 * @param cache where keys and values of earlier tokens lie, and those of the batch go; null: none
 * @param deltas what an adapter changes
 * @param noise on the embeddings
 * @param wanted the rows whose hidden states are wanted, in that order; null: all
 */
// see TokenBatch: rows by the thousand
@SuppressWarnings("ArrayRecordComponent")
record Reading(
    TokenBatch batch,
    @Nullable KvCache cache,
    Deltas deltas,
    EmbeddingNoise noise,
    int @Nullable [] wanted) {
  /** These tokens read for their keys and values alone. */
  Reading again(TokenBatch held) {
    return new Reading(held, cache, deltas, EmbeddingNoise.NONE, new int[] {0});
  }
}
