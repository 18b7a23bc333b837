package io.telecomllm.training.objective;

import io.telecomllm.Internal;
import io.telecomllm.lora.Deltas;
import io.telecomllm.model.Head;
import io.telecomllm.model.LanguageModel;
import io.telecomllm.quantization.Workspace;
import io.telecomllm.tensor.Operators;
import io.telecomllm.tensor.Scope;
import io.telecomllm.tensor.Seed;
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
 * @param draws the seed of what an objective draws for this micro-batch
 */
@Internal
public record Predictions(
    LanguageModel model,
    Deltas deltas,
    RoundedBatch batch,
    Tensor hidden,
    Scope scope,
    Seed draws) {
  /** Returns what the model without the adapter predicts for the same rows. */
  public Predictions withoutAdapter() {
    Tensor own = model.network().hidden(batch.tokens(), null, Deltas.none(), batch.rows(), scope);
    return new Predictions(model, Deltas.none(), batch, own, scope, draws);
  }

  /**
   * Passes the head that turns the hidden states into logits, with the adapter's changes, and
   * returns what is computed with it.
   */
  public <T> T head(BiFunction<Head, Workspace, T> work) {
    return model.network().head(deltas, work);
  }

  /**
   * Returns the log-probability of a label in each of some rows.
   *
   * @param states hidden states after the last norm, (rows, hidden size)
   * @param labels the token to look up in each row; there may be fewer than rows
   */
  public double[] logProbabilities(Tensor states, int[] labels) {
    return head((head, workspace) -> logProbabilities(head, workspace, states, labels));
  }

  private double[] logProbabilities(Head head, Workspace workspace, Tensor states, int[] labels) {
    long vocabulary = head.weight().out();
    int chunk = Likelihood.chunk(head.weight().out());
    double[] found = new double[labels.length];
    for (int from = 0; from < labels.length; from += chunk) {
      int count = Math.min(chunk, labels.length - from);
      long[] places = new long[count];
      for (int i = 0; i < count; i++) {
        places[i] = i * vocabulary + labels[from + i];
      }
      try (Scope work = scope.child()) {
        Operators ops = work.operators();
        Tensor logits = head.logits(workspace, work, ops.narrow(states, 0, from, count));
        Tensor all = ops.reshape(ops.logSoftmax(logits), logits.elements());
        float[] some = ops.toFloats(ops.selectRows(all, ops.longs(places)));
        for (int i = 0; i < count; i++) {
          found[from + i] = some[i];
        }
      }
    }
    return found;
  }
}
