package io.telecomllm.training.gradients;

import io.telecomllm.Internal;
import io.telecomllm.lora.Gradients;
import io.telecomllm.lora.LoraAdapter;
import io.telecomllm.model.LanguageModel;
import io.telecomllm.tensor.Scope;
import io.telecomllm.training.batching.StepBatch;
import io.telecomllm.training.objective.Loss;
import io.telecomllm.training.objective.Objective;

/**
 * Computes the gradients of optimizer steps, in this process or in others. The run keeps the
 * parameters and the optimizer; a source only computes.
 */
public interface GradientSource extends AutoCloseable {
  /** Opens the source for one run. */
  @FunctionalInterface
  interface Opener {
    /**
     * Opens a source; close it before the adapter.
     *
     * @param model the model that the adapter was made for
     * @param adapter the adapter that is trained
     * @param objective what training minimises
     */
    @Internal
    GradientSource open(LanguageModel model, LoraAdapter adapter, Objective objective);
  }

  /**
   * Adds the gradients of a step's loss times a weight, at the current values of the parameters.
   *
   * @param gradients the sums to add to, one tensor for each parameter
   * @param work the scope of the step
   * @return the loss, its value times the weight
   * @throws io.telecomllm.TelecomLlmException if they cannot be computed; the gradients may be
   *     incomplete then
   */
  @Internal
  Loss add(StepBatch step, double weight, Gradients gradients, Scope work);

  /**
   * Computes the loss without gradients, as an evaluation measures it.
   *
   * @param work the scope of the evaluation
   */
  @Internal
  Loss loss(StepBatch step, Scope work);

  /** Frees what the source holds; a second call does nothing. */
  @Override
  void close();
}
