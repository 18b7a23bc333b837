package io.telecomllm.training.gradients;

import io.telecomllm.lora.Gradients;
import io.telecomllm.lora.LoraAdapter;
import io.telecomllm.model.LanguageModel;
import io.telecomllm.tensor.Scope;
import io.telecomllm.training.batching.StepBatch;
import io.telecomllm.training.objective.Objective;

/**
 * Where an optimizer step's gradients come from: this process, or others. Whoever takes the step
 * keeps the parameters and the optimizer; a source only computes.
 */
public interface GradientSource extends AutoCloseable {
  /** Makes the source of one run. */
  @FunctionalInterface
  interface Opener {
    /**
     * Opens it; the caller closes it, before the adapter.
     *
     * @param model what the adapter was made for
     * @param adapter what is trained
     * @param objective what is minimised
     */
    GradientSource open(LanguageModel model, LoraAdapter adapter, Objective objective);
  }

  /**
   * Adds the gradients of a step's loss times a weight, at the values that the parameters have now.
   *
   * @param gradients in which they gather, one tensor for each parameter
   * @param work scope of the step
   * @return the loss times the weight
   * @throws io.telecomllm.TelecomLlmException if they cannot be computed; the gradients may be
   *     incomplete then
   */
  double add(StepBatch step, double weight, Gradients gradients, Scope work);

  /**
   * The loss alone, as an evaluation measures it.
   *
   * @param work scope of the evaluation
   */
  double loss(StepBatch step, Scope work);

  /** Frees what it holds; a second call does nothing. */
  @Override
  void close();
}
