package io.telecomllm.training.spark;

import io.telecomllm.model.LanguageModel;
import io.telecomllm.model.files.ModelSpec;
import io.telecomllm.model.files.ProcessWide;
import io.telecomllm.training.gradients.AdapterFiles;
import io.telecomllm.training.gradients.LossAndGradients;
import io.telecomllm.training.gradients.ParameterArrays;
import io.telecomllm.training.gradients.ScratchAdapter;
import io.telecomllm.training.gradients.Slice;
import io.telecomllm.training.objective.Objective;
import java.io.Serializable;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * What an executor keeps between tasks: the adapter of the run that it works for. One task computes
 * at a time, since one keeps all cores busy.
 */
final class ExecutorAdapter implements AutoCloseable {
  /** There is one in a process. */
  private record Key() {}

  /**
   * A run.
   *
   * @param id tells it from other runs of the same application
   * @param model what executors compute with
   * @param fingerprint of the driver's own model
   * @param objective what is minimised
   */
  record Run(String id, ModelSpec model, String fingerprint, Objective objective)
      implements Serializable {}

  /** The run that it works for now. */
  private record Loaded(String run, ScratchAdapter adapter) {}

  private Optional<Loaded> loaded = Optional.empty();

  static ExecutorAdapter ofThisProcess() {
    return ProcessWide.get(new Key(), ExecutorAdapter::new);
  }

  /**
   * Loss and gradients of a slice.
   *
   * @param adapter asked for by the first task of a run
   */
  synchronized LossAndGradients gradients(
      Run run, Supplier<AdapterFiles> adapter, ParameterArrays values, Slice slice) {
    return of(run, adapter).gradients(values, slice);
  }

  /** The slice's share of the loss. */
  synchronized double loss(
      Run run, Supplier<AdapterFiles> adapter, ParameterArrays values, Slice slice) {
    return of(run, adapter).loss(values, slice);
  }

  private ScratchAdapter of(Run run, Supplier<AdapterFiles> files) {
    if (loaded.isEmpty() || !loaded.get().run().equals(run.id())) {
      close();
      LanguageModel model = run.model().shared();
      ScratchAdapter.requireSame(
          model,
          run.fingerprint(),
          "the executor's model " + run.model().source() + " is not the driver's");
      loaded =
          Optional.of(new Loaded(run.id(), ScratchAdapter.of(files.get(), model, run.objective())));
    }
    return loaded.get().adapter();
  }

  @Override
  public synchronized void close() {
    loaded.ifPresent(run -> run.adapter().close());
    loaded = Optional.empty();
  }
}
