package io.telecomllm.training.gradients;

import io.telecomllm.lora.Gradients;
import io.telecomllm.lora.LoraAdapter;
import io.telecomllm.lora.Parameter;
import io.telecomllm.model.LanguageModel;
import io.telecomllm.tensor.Scope;
import io.telecomllm.training.batching.StepBatch;
import io.telecomllm.training.objective.Objective;
import java.util.List;

/**
 * Gradients from a scratch adapter in this process, which takes the values of each call. Model and
 * adapter stay the caller's to close. Threads wait for each other.
 */
public final class LocalGradients implements ArrayGradients {
  private final LanguageModel model;
  private final List<Parameter> parameters;
  private final InProcessGradients source;

  /** Computes with this model and an adapter made for it. */
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

  /** The loss times a weight, and its gradients. */
  synchronized LossAndGradients gradients(ParameterArrays values, StepBatch step, double weight) {
    try (Scope scope = Scope.open(model.device())) {
      values.copyInto(parameters, scope);
      Gradients gradients = Gradients.zeros(parameters, scope);
      double loss = source.add(step, weight, gradients, scope);
      return new LossAndGradients(loss, ParameterArrays.of(gradients, scope));
    }
  }

  @Override
  public synchronized double loss(ParameterArrays values, StepBatch step) {
    try (Scope scope = Scope.open(model.device())) {
      values.copyInto(parameters, scope);
      return source.loss(step, scope);
    }
  }

  /** It owns nothing. */
  @Override
  public void close() {}
}
