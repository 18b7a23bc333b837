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
 * A source of gradients that computes with copies of the adapter. The values of the parameters are
 * sent out, and the gradients come back, as plain arrays.
 */
public interface ArrayGradients extends GradientSource {
  /** Opens the source for one run. */
  @FunctionalInterface
  interface Opener extends GradientSource.Opener {
    @Internal
    @Override
    ArrayGradients open(LanguageModel model, LoraAdapter adapter, Objective objective);
  }

  /** Returns the parameters that are trained, in the order of the arrays. */
  @Internal
  List<Parameter> parameters();

  /**
   * Computes the loss of a step and its gradients.
   *
   * @param values the values of the parameters, in their order
   * @throws io.telecomllm.TelecomLlmException if they cannot be computed
   */
  @Internal
  LossAndGradients gradients(ParameterArrays values, StepBatch step);

  /** Computes the loss of a step without gradients, as an evaluation measures it. */
  @Internal
  Loss loss(ParameterArrays values, StepBatch step);

  @Internal
  @Override
  default Loss add(StepBatch step, double weight, Gradients gradients, Scope work) {
    LossAndGradients part = gradients(ParameterArrays.of(parameters(), work), step);
    part.gradients().addTo(gradients, weight, work);
    return part.loss().times(weight);
  }

  @Internal
  @Override
  default Loss loss(StepBatch step, Scope work) {
    return loss(ParameterArrays.of(parameters(), work), step);
  }
}
