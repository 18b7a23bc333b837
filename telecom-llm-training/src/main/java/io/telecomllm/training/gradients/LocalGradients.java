package io.telecomllm.training.gradients;

import io.telecomllm.lora.Gradients;
import io.telecomllm.lora.LoraAdapter;
import io.telecomllm.lora.Parameter;
import io.telecomllm.model.LanguageModel;
import io.telecomllm.tensor.Scope;
import io.telecomllm.training.objective.Window;
import java.util.List;

/**
 * Gradients from a model in this process. The adapter is a scratch one: it takes the values of each
 * call. Model and adapter stay the caller's to close. Threads wait for each other.
 */
public final class LocalGradients implements GradientSource {
  private final LanguageModel model;
  private final LoraAdapter adapter;
  private final List<Parameter> parameters;

  /** Computes with this model and an adapter made for it. */
  public LocalGradients(LanguageModel model, LoraAdapter adapter) {
    this.model = model;
    this.adapter = adapter;
    this.parameters = adapter.parameters();
  }

  @Override
  public LossAndGradients gradients(ParameterArrays values, Window window) {
    return gradients(values, window, 1);
  }

  /** The mean loss times a factor, and its gradients. */
  synchronized LossAndGradients gradients(ParameterArrays values, Window window, double factor) {
    try (Scope scope = Scope.open(model.device())) {
      values.copyInto(parameters, scope);
      Gradients gradients = Gradients.zeros(parameters, scope);
      double loss =
          window.lossAndGradients(
              model,
              adapter.deltas(model.computeType(), scope, gradients),
              gradients,
              factor,
              scope);
      return new LossAndGradients(loss, ParameterArrays.of(gradients, scope));
    }
  }

  @Override
  public synchronized double loss(ParameterArrays values, Window window) {
    try (Scope scope = Scope.open(model.device())) {
      values.copyInto(parameters, scope);
      return window.loss(model, adapter.deltas(model.computeType(), scope), scope);
    }
  }

  /** It owns nothing. */
  @Override
  public void close() {}
}
