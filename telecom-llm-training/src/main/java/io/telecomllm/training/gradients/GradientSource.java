package io.telecomllm.training.gradients;

import io.telecomllm.lora.LoraAdapter;
import io.telecomllm.model.LanguageModel;
import io.telecomllm.training.objective.Window;

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
     */
    GradientSource open(LanguageModel model, LoraAdapter adapter);
  }

  /**
   * The mean loss of a window over all its supervised tokens, and its gradients.
   *
   * @param values of the adapter's parameters, in their order
   * @throws io.telecomllm.TelecomLlmException if they cannot be computed
   */
  LossAndGradients gradients(ParameterArrays values, Window window);

  /** The mean loss alone. */
  double loss(ParameterArrays values, Window window);

  /** Frees what it holds; a second call does nothing. */
  @Override
  void close();
}
