package io.telecomllm.training.gradients;

import io.telecomllm.IncompatibleException;
import io.telecomllm.lineage.Lineage;
import io.telecomllm.lora.LoraAdapter;
import io.telecomllm.model.LanguageModel;
import io.telecomllm.training.objective.Objective;

/**
 * An adapter equal to the one that is trained, its frozen parts included, on a model of its own to
 * compute gradients with.
 *
 * @param adapter freed by {@link #close}
 * @param gradients computed with it
 */
public record ScratchAdapter(LoraAdapter adapter, LocalGradients gradients)
    implements AutoCloseable {
  /** An adapter from its files, on a model of the same weights. */
  public static ScratchAdapter of(AdapterFiles files, LanguageModel model, Objective objective) {
    LoraAdapter adapter = files.load(model);
    return new ScratchAdapter(adapter, new LocalGradients(model, adapter, objective));
  }

  /**
   * Refuses another model than the run's.
   *
   * @param complaint what is wrong with it, such as {@code the executor's model is not the
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

  /** A slice's part of the step's loss, and its gradients. */
  public LossAndGradients gradients(ParameterArrays values, Slice slice) {
    return gradients.gradients(values, slice.step(), slice.share());
  }

  /** A slice's part of the step's loss. */
  public double loss(ParameterArrays values, Slice slice) {
    return gradients.loss(values, slice.step()) * slice.share();
  }

  /** Frees the adapter; the model stays open. */
  @Override
  public void close() {
    adapter.close();
  }
}
