package io.telecomllm.training.spark;

import io.telecomllm.model.LanguageModel;
import io.telecomllm.model.files.ModelSpec;
import io.telecomllm.model.files.ProcessWide;
import io.telecomllm.training.gradients.AdapterFiles;
import io.telecomllm.training.gradients.LossAndGradients;
import io.telecomllm.training.gradients.ParameterArrays;
import io.telecomllm.training.gradients.ScratchAdapter;
import io.telecomllm.training.gradients.Slice;
import io.telecomllm.training.objective.Loss;
import io.telecomllm.training.objective.Objective;
import java.io.Serializable;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * The adapter that an executor keeps between tasks, of the run that it works for. One task computes
 * at a time, since it keeps all cores busy.
 */
final class ExecutorAdapter implements AutoCloseable {
  /** The key of the only instance in a process. */
  private record Key() {}

  /**
   * A run as executors know it.
   *
   * @param id distinguishes it from other runs of the same application
   * @param model the model that executors load
   * @param fingerprint the fingerprint of the driver's model
   * @param objective what training minimises
   */
  record Run(String id, ModelSpec model, String fingerprint, Objective objective)
      implements Serializable {}

  /** The adapter of the current run. */
  private record Loaded(String run, ScratchAdapter adapter) {}

  private Optional<Loaded> loaded = Optional.empty();

  static ExecutorAdapter ofThisProcess() {
    return ProcessWide.get(new Key(), ExecutorAdapter::new);
  }

  /**
   * Computes loss and gradients of a slice.
   *
   * @param adapter the adapter's files; read by the first task of a run
   */
  synchronized LossAndGradients gradients(
      Run run, Supplier<AdapterFiles> adapter, ParameterArrays values, Slice slice) {
    return of(run, adapter).gradients(values, slice);
  }

  /** Computes a slice's share of the loss. */
  synchronized Loss loss(
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
