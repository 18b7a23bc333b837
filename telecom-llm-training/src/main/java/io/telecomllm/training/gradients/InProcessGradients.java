package io.telecomllm.training.gradients;

import io.telecomllm.Internal;
import io.telecomllm.lora.Deltas;
import io.telecomllm.lora.Gradients;
import io.telecomllm.lora.LoraAdapter;
import io.telecomllm.model.ForwardPass;
import io.telecomllm.model.LanguageModel;
import io.telecomllm.tensor.Scope;
import io.telecomllm.tensor.Tensor;
import io.telecomllm.training.batching.PackedBatch;
import io.telecomllm.training.batching.RoundedBatch;
import io.telecomllm.training.batching.StepBatch;
import io.telecomllm.training.objective.Loss;
import io.telecomllm.training.objective.Objective;
import io.telecomllm.training.objective.Predictions;
import org.jspecify.annotations.Nullable;

/**
 * Computes gradients in this process with the parameters themselves, not with copies: one
 * micro-batch after the other, forward and backward. For one thread at a time. Owns nothing.
 */
@Internal
public final class InProcessGradients implements GradientSource {
  private final LanguageModel model;
  private final Updates updates;
  private final Objective objective;

  /** Supplies what an adapter adds to the linear layers, in the compute type. */
  @FunctionalInterface
  public interface Updates {
    /**
     * Returns the updates at the current values of the parameters; copies belong to the scope.
     *
     * @param gradients the sums that the backward pass adds to; null if none are wanted
     */
    Deltas now(@Nullable Gradients gradients, Scope scope);
  }

  /** Creates a source for a model with the updates of an adapter, or with none. */
  public InProcessGradients(LanguageModel model, Updates updates, Objective objective) {
    this.model = model;
    this.updates = updates;
    this.objective = objective;
  }

  /** Creates a source for an adapter of the model. */
  public static InProcessGradients of(
      LanguageModel model, LoraAdapter adapter, Objective objective) {
    return new InProcessGradients(
        model,
        (gradients, scope) -> adapter.deltas(model.computeType(), scope, gradients),
        objective);
  }

  @Override
  public Loss add(StepBatch step, double weight, Gradients gradients, Scope work) {
    Deltas deltas = updates.now(gradients, work);
    double each = weight / objective.terms(step.batches());
    Loss loss = Loss.NONE;
    for (int i = 0; i < step.batches().size(); i++) {
      try (Scope scope = work.child()) {
        RoundedBatch batch = rounded(step.batches().get(i));
        ForwardPass pass =
            model
                .network()
                .record(
                    batch.tokens(),
                    deltas.withDropout(step.noise().dropout(i)),
                    step.noise().embedding(i),
                    batch.rows(),
                    scope);
        Objective.Result result =
            objective.lossAndGradient(
                new Predictions(model, deltas, batch, pass.hidden(), scope, step.noise().draws(i)),
                each,
                gradients);
        loss = loss.plus(result.loss());
        pass.backward(result.hidden(), gradients);
      }
    }
    return loss;
  }

  @Override
  public Loss loss(StepBatch step, Scope work) {
    Deltas deltas = updates.now(null, work);
    double each = 1.0 / objective.terms(step.batches());
    Loss loss = Loss.NONE;
    for (int i = 0; i < step.batches().size(); i++) {
      try (Scope scope = work.child()) {
        RoundedBatch batch = rounded(step.batches().get(i));
        Tensor hidden = model.network().hidden(batch.tokens(), null, deltas, batch.rows(), scope);
        Predictions predictions =
            new Predictions(model, deltas, batch, hidden, scope, step.noise().draws(i));
        loss = loss.plus(objective.loss(predictions, each));
      }
    }
    return loss;
  }

  private RoundedBatch rounded(PackedBatch batch) {
    return RoundedBatch.of(batch, model.config().contextLength());
  }

  /** Does nothing: the source owns nothing. */
  @Override
  public void close() {}
}
