package io.telecomllm.model;

import io.telecomllm.lora.Deltas;
import org.jspecify.annotations.Nullable;

/**
 * The input of a forward pass.
 *
 * @param cache holds the keys and values of earlier tokens, and takes those of the batch; null for
 *     none
 * @param deltas the changes of an adapter
 * @param noise the noise on the embeddings
 * @param wanted the rows whose hidden states are wanted, in the order of the result; null for all
 */
// thousands of rows, see TokenBatch
@SuppressWarnings("ArrayRecordComponent")
record Reading(
    TokenBatch batch,
    @Nullable KvCache cache,
    Deltas deltas,
    EmbeddingNoise noise,
    int @Nullable [] wanted) {
  /** Returns an input that reads these tokens only for their keys and values. */
  Reading again(TokenBatch held) {
    return new Reading(held, cache, deltas, EmbeddingNoise.NONE, new int[] {0});
  }
}
