package io.telecomllm.training.gradients;

import io.telecomllm.Internal;
import io.telecomllm.lora.Gradients;
import io.telecomllm.lora.LoraAdapter;
import io.telecomllm.lora.Parameter;
import io.telecomllm.model.LanguageModel;
import io.telecomllm.tensor.Scope;
import io.telecomllm.training.batching.StepBatch;
import io.telecomllm.training.objective.Loss;
import io.telecomllm.training.objective.Objective;
import java.util.List;

/**
 * Computes gradients in this process with a scratch adapter, into which each call copies its
 * values. Owns neither the model nor the adapter. Safe for use by several threads, one at a time.
 */
@Internal
public final class LocalGradients implements ArrayGradients {
  private final LanguageModel model;
  private final List<Parameter> parameters;
  private final InProcessGradients source;

  /** Creates a source for a model and an adapter made for it. */
  public LocalGradients(LanguageModel model, LoraAdapter adapter, Objective objective) {
    this.model = model;
    this.parameters = adapter.parameters();
    this.source = InProcessGradients.of(model, adapter, objective);
  }

  @Override
  public List<Parameter> parameters() {
    return parameters;
  }

  @Override
  public LossAndGradients gradients(ParameterArrays values, StepBatch step) {
    return gradients(values, step, 1);
  }

  /** Computes the loss times a weight, and its gradients. */
  synchronized LossAndGradients gradients(ParameterArrays values, StepBatch step, double weight) {
    try (Scope scope = Scope.open(model.device())) {
      values.copyInto(parameters, scope);
      Gradients gradients = Gradients.zeros(parameters, scope);
      Loss loss = source.add(step, weight, gradients, scope);
      return new LossAndGradients(loss, ParameterArrays.of(gradients, scope));
    }
  }

  @Override
  public synchronized Loss loss(ParameterArrays values, StepBatch step) {
    try (Scope scope = Scope.open(model.device())) {
      values.copyInto(parameters, scope);
      return source.loss(step, scope);
    }
  }

  /** Does nothing: the source owns nothing. */
  @Override
  public void close() {}
}
