package io.telecomllm.training.objective;

import io.telecomllm.lora.Deltas;
import io.telecomllm.model.Head;
import io.telecomllm.model.LanguageModel;
import io.telecomllm.tensor.Scope;
import io.telecomllm.tensor.Tensor;
import io.telecomllm.training.batching.RoundedBatch;

/**
 * What a model predicts at the supervised rows of a micro-batch, not yet multiplied by its head:
 * logits are large, and an objective makes a few rows of them at a time.
 *
 * @param model with which an objective may compute more, such as the base model's predictions for
 *     the same rows
 * @param deltas the adapter in it
 * @param batch which rows these are, and what they are to predict
 * @param hidden the hidden states after the last norm, (rows of the batch that predict, hidden
 *     size)
 * @param scope of the micro-batch: what is computed belongs to it
 */
public record Predictions(
    LanguageModel model, Deltas deltas, RoundedBatch batch, Tensor hidden, Scope scope) {
  /** What turns the hidden states into logits, as the adapter leaves it. */
  public Head head() {
    return model.network().head(deltas);
  }
}
