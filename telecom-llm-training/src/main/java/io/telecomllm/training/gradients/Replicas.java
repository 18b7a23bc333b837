package io.telecomllm.training.gradients;

import static com.google.common.base.Preconditions.checkArgument;
import static com.google.common.base.Preconditions.checkState;

import com.google.common.annotations.VisibleForTesting;
import com.google.common.util.concurrent.Futures;
import io.telecomllm.IncompatibleException;
import io.telecomllm.Internal;
import io.telecomllm.TelecomLlmException;
import io.telecomllm.lineage.Lineage;
import io.telecomllm.lora.LoraAdapter;
import io.telecomllm.lora.Parameter;
import io.telecomllm.model.LanguageModel;
import io.telecomllm.tensor.Device;
import io.telecomllm.tensor.Threads;
import io.telecomllm.training.batching.StepBatch;
import io.telecomllm.training.objective.Loss;
import io.telecomllm.training.objective.Objective;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Computes gradients with data-parallel replicas in this process, such as one per GPU. A step's
 * micro-batches are cut into as many slices as there are replicas, each replica computes one slice,
 * and their gradients are added in the order of the slices, in fp64. So the result does not depend
 * on which replica finishes first: it has the same bits in every run, and equals that of one device
 * with the same global batch to 1e-5, or to the bit with one replica.
 *
 * <pre>{@code
 * ArrayGradients.Opener opener = Replicas.on(List.of(onFirstGpu, onSecondGpu));
 * }</pre>
 *
 * <p>A replica has an adapter of its own, on its model's device, and a daemon thread. Closing frees
 * both; the models are not closed, and must stay open until then.
 *
 * <p>Replicas may share one model, as they do on a CPU: its weights are frozen.
 *
 * <p>Each Java thread that computes on the CPU has its own team of native threads. The number in
 * {@link Threads} at the time of opening is divided among the replicas on the CPU, at least one
 * each; changing it later has no effect on them. On two cores, two models with one thread each took
 * 0.43 s a step, with two each 0.46 s, and one model alone 0.8 s with either number (hidden size
 * 512); the tiny model took 0.015, 0.024 and 0.026 to 0.08 s.
 *
 * <p>Safe for use by several threads, one step at a time.
 */
public final class Replicas implements ArrayGradients {
  /** The most replicas; the gradient of each slice is held in the Java heap. */
  public static final int MOST = 64;

  private final List<Replica> replicas;
  private final List<Parameter> parameters;
  private final Objective objective;
  private boolean closed;

  private Replicas(List<Replica> replicas, List<Parameter> parameters, Objective objective) {
    this.replicas = replicas;
    this.parameters = parameters;
    this.objective = objective;
  }

  /**
   * Returns an opener of one replica for each of these models. Opening throws an {@link
   * IncompatibleException} if a model differs from the run's.
   *
   * @param models 1 to 64 models in the order of the slices; the run's own may be among them. All
   *     must have the same weights, packing and compute type, on any device
   */
  public static ArrayGradients.Opener on(List<LanguageModel> models) {
    requireCount(models.size());
    List<LanguageModel> all = List.copyOf(models);
    return (base, adapter, objective) -> open(all, base, adapter, objective);
  }

  /**
   * Returns an opener of several replicas on the run's own model, whose weights they share.
   *
   * @param count the number of replicas, 1 to 64; the result depends on it in its last bits
   */
  public static ArrayGradients.Opener of(int count) {
    requireCount(count);
    return (base, adapter, objective) ->
        open(Collections.nCopies(count, base), base, adapter, objective);
  }

  private static void requireCount(int count) {
    checkArgument(count >= 1 && count <= MOST, "replicas are %s, must be 1 to %s", count, MOST);
  }

  private static Replicas open(
      List<LanguageModel> models, LanguageModel base, LoraAdapter adapter, Objective objective) {
    requireSame(models, base);
    AdapterFiles files = AdapterFiles.of(adapter);
    int all = Threads.count();
    int onCpu = (int) models.stream().filter(Replicas::isOnCpu).count();
    List<Replica> replicas = new ArrayList<>();
    try {
      for (int i = 0; i < models.size(); i++) {
        LanguageModel model = models.get(i);
        int threads = isOnCpu(model) ? Math.max(1, all / onCpu) : all;
        replicas.add(Replica.open(i, model, files, objective, threads));
      }
      return new Replicas(replicas, adapter.parameters(), objective);
    } catch (RuntimeException | Error e) {
      replicas.forEach(Replica::close);
      throw e;
    }
  }

  private static boolean isOnCpu(LanguageModel model) {
    return model.device().kind() == Device.Kind.CPU;
  }

  private static void requireSame(List<LanguageModel> models, LanguageModel base) {
    List<LanguageModel> others = models.stream().distinct().filter(m -> m != base).toList();
    if (others.isEmpty()) {
      return;
    }
    String expected = Lineage.Base.of(base).fingerprint();
    for (LanguageModel model : others) {
      String name = Replica.name(models.indexOf(model), model);
      if (!kind(model).equals(kind(base))) {
        throw new IncompatibleException(
            name
                + " computes differently from the run: "
                + kind(model)
                + ", expected "
                + kind(base));
      }
      ScratchAdapter.requireSame(model, expected, "the model of " + name + " is not the run's");
    }
  }

  private static String kind(LanguageModel model) {
    return model.weightType() + " weights in " + model.computeType();
  }

  @Override
  public List<Parameter> parameters() {
    return parameters;
  }

  /** The computation of a replica on its slice. */
  @FunctionalInterface
  private interface Work {
    LossAndGradients of(ScratchAdapter adapter, Slice slice);
  }

  /**
   * {@inheritDoc}
   *
   * <p>After an interrupt, this method waits for the slices under way and then throws; the thread
   * stays interrupted.
   *
   * @throws TelecomLlmException naming replica and device, if one fails; the others have ended by
   *     then
   * @throws IllegalStateException if this is closed
   */
  @Internal
  @Override
  public LossAndGradients gradients(ParameterArrays values, StepBatch step) {
    return sum(step, (adapter, slice) -> adapter.gradients(values, slice));
  }

  @Internal
  @Override
  public Loss loss(ParameterArrays values, StepBatch step) {
    ParameterArrays none = new ParameterArrays(List.of());
    return sum(step, (adapter, slice) -> new LossAndGradients(adapter.loss(values, slice), none))
        .loss();
  }

  private synchronized LossAndGradients sum(StepBatch step, Work work) {
    checkState(!closed, "the gradients' source is closed");
    List<Slice> slices = Slice.cut(step, objective, replicas.size());
    AtomicBoolean givenUp = new AtomicBoolean();
    List<Future<List<SliceSum.Part>>> running = new ArrayList<>();
    for (int i = 0; i < slices.size(); i++) {
      Slice slice = slices.get(i);
      running.add(replicas.get(i).submit(adapter -> part(adapter, slice, work, givenUp)));
    }
    return SliceSum.of(results(running, givenUp));
  }

  /** Computes a slice, or nothing if the step was given up. */
  private static List<SliceSum.Part> part(
      ScratchAdapter adapter, Slice slice, Work work, AtomicBoolean givenUp) {
    if (givenUp.get()) {
      return List.of();
    }
    try {
      return List.of(SliceSum.Part.of(work.of(adapter, slice)));
    } catch (RuntimeException | Error e) {
      givenUp.set(true);
      throw e;
    }
  }

  /** Waits for all tasks whatever happens, so that nothing computes after a step has failed. */
  private List<SliceSum.Part> results(
      List<Future<List<SliceSum.Part>>> running, AtomicBoolean givenUp) {
    List<SliceSum.Part> parts = new ArrayList<>();
    List<RuntimeException> failures = new ArrayList<>();
    boolean interrupted = false;
    int next = 0;
    while (next < running.size()) {
      try {
        parts.addAll(running.get(next).get());
        next++;
      } catch (InterruptedException e) {
        interrupted = true;
        givenUp.set(true);
      } catch (ExecutionException e) {
        failures.add(replicas.get(next).failure(e));
        next++;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
      failures.add(0, new TelecomLlmException("the step was interrupted"));
    }
    if (!failures.isEmpty()) {
      RuntimeException first = failures.get(0);
      failures.subList(1, failures.size()).forEach(first::addSuppressed);
      throw first;
    }
    return parts;
  }

  /** Returns the number of native threads that each replica computes with. */
  @VisibleForTesting
  List<Integer> threads() {
    return replicas.stream()
        .map(replica -> Futures.getUnchecked(replica.submit(adapter -> Threads.count())))
        .toList();
  }

  /**
   * Ends the threads after the step under way and frees the adapters, not the models. A second call
   * does nothing.
   */
  @Override
  public synchronized void close() {
    if (!closed) {
      closed = true;
      replicas.forEach(Replica::close);
    }
  }
}
