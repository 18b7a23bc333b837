package io.telecomllm.training.objective;

import io.telecomllm.Internal;
import io.telecomllm.lora.Deltas;
import io.telecomllm.model.Head;
import io.telecomllm.model.LanguageModel;
import io.telecomllm.quantization.Workspace;
import io.telecomllm.tensor.Scope;
import io.telecomllm.tensor.Tensor;
import io.telecomllm.training.batching.RoundedBatch;
import java.util.function.BiFunction;

/**
 * What a model predicts at the supervised rows of a micro-batch, before the head: logits are large,
 * so an objective computes a few rows of them at a time.
 *
 * @param model the model, with which an objective may compute more, such as the base model's
 *     predictions for the same rows
 * @param deltas the deltas of the adapter
 * @param batch the rows, and the labels that they must predict
 * @param hidden the hidden states after the last norm, (supervised rows, hidden size)
 * @param scope the scope of the micro-batch, which owns what is computed
 */
@Internal
public record Predictions(
    LanguageModel model, Deltas deltas, RoundedBatch batch, Tensor hidden, Scope scope) {
  /**
   * Passes the head that turns the hidden states into logits, with the adapter's changes, and
   * returns what is computed with it.
   */
  public <T> T head(BiFunction<Head, Workspace, T> work) {
    return model.network().head(deltas, work);
  }
}
