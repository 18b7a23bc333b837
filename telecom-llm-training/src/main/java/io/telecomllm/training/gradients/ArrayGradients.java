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
 * A source that computes with copies of the adapter: the parameters' values go out, and gradients
 * come back, as plain arrays.
 */
public interface ArrayGradients extends GradientSource {
  /** Makes the source of one run. */
  @FunctionalInterface
  interface Opener extends GradientSource.Opener {
    @Override
    ArrayGradients open(LanguageModel model, LoraAdapter adapter, Objective objective);
  }

  /** The parameters that are trained, in the order of the arrays. */
  List<Parameter> parameters();

  /**
   * The loss of a step and its gradients.
   *
   * @param values of the parameters, in their order
   * @throws io.telecomllm.TelecomLlmException if they cannot be computed
   */
  LossAndGradients gradients(ParameterArrays values, StepBatch step);

  /** The loss of a step alone, as an evaluation measures it. */
  double loss(ParameterArrays values, StepBatch step);

  @Override
  default double add(StepBatch step, double weight, Gradients gradients, Scope work) {
    LossAndGradients part = gradients(ParameterArrays.of(parameters(), work), step);
    part.gradients().addTo(gradients, weight, work);
    return weight * part.loss();
  }

  @Override
  default double loss(StepBatch step, Scope work) {
    return loss(ParameterArrays.of(parameters(), work), step);
  }
}
