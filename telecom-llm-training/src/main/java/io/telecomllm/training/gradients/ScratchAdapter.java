package io.telecomllm.training.gradients;

import io.telecomllm.IncompatibleException;
import io.telecomllm.Internal;
import io.telecomllm.lineage.Lineage;
import io.telecomllm.lora.LoraAdapter;
import io.telecomllm.model.LanguageModel;
import io.telecomllm.training.objective.Loss;
import io.telecomllm.training.objective.Objective;

/**
 * A copy of the adapter that is trained, with its frozen parts, to compute gradients with.
 *
 * @param adapter the copy; {@link #close} frees it
 * @param gradients computes with the copy
 */
@Internal
public record ScratchAdapter(LoraAdapter adapter, LocalGradients gradients)
    implements AutoCloseable {
  /** Loads an adapter from its files, for a model with the same weights. */
  public static ScratchAdapter of(AdapterFiles files, LanguageModel model, Objective objective) {
    LoraAdapter adapter = files.load(model);
    return new ScratchAdapter(adapter, new LocalGradients(model, adapter, objective));
  }

  /**
   * Checks that a model is the run's.
   *
   * @param expected the fingerprint of the run's model
   * @param complaint the beginning of the message, such as {@code the executor's model is not the
   *     driver's}
   * @throws IncompatibleException if its fingerprint is not the expected one
   */
  public static void requireSame(LanguageModel model, String expected, String complaint) {
    String found = Lineage.Base.of(model).fingerprint();
    if (!found.equals(expected)) {
      throw new IncompatibleException(
          complaint + ": its fingerprint is " + found + ", expected " + expected);
    }
  }

  /** Computes a slice's part of the step's loss, and its gradients. */
  public LossAndGradients gradients(ParameterArrays values, Slice slice) {
    return gradients.gradients(values, slice.step(), slice.share());
  }

  /** Computes a slice's part of the step's loss. */
  public Loss loss(ParameterArrays values, Slice slice) {
    return gradients.loss(values, slice.step()).times(slice.share());
  }

  /** Frees the adapter; the model stays open. */
  @Override
  public void close() {
    adapter.close();
  }
}
