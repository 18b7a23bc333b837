package io.telecomllm.training.gradients;

import com.google.common.util.concurrent.Uninterruptibles;
import io.telecomllm.DeviceException;
import io.telecomllm.OutOfMemoryException;
import io.telecomllm.TelecomLlmException;
import io.telecomllm.model.LanguageModel;
import io.telecomllm.tensor.Threads;
import io.telecomllm.training.objective.Objective;
import java.util.Objects;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * A model with a scratch adapter and the one thread that computes with them. It is always the same
 * thread, because libtorch keeps the number of native threads per Java thread.
 */
final class Replica implements AutoCloseable {
  private final String name;
  private final ScratchAdapter adapter;
  private final ExecutorService executor;
  private final Thread thread;

  private Replica(String name, ScratchAdapter adapter, ExecutorService executor, Thread thread) {
    this.name = name;
    this.adapter = adapter;
    this.executor = executor;
    this.thread = thread;
  }

  /**
   * Creates the adapter and starts the thread.
   *
   * @param objective what training minimises
   * @param threads the number of native threads to compute with
   */
  static Replica open(
      int number, LanguageModel model, AdapterFiles files, Objective objective, int threads) {
    String name = name(number, model);
    ScratchAdapter adapter = ScratchAdapter.of(files, model, objective);
    ExecutorService executor =
        Executors.newSingleThreadExecutor(
            task -> {
              Thread thread = new Thread(task, "telecom-llm " + name);
              thread.setDaemon(true);
              return thread;
            });
    Future<Thread> started =
        executor.submit(
            () -> {
              Threads.useHere(threads);
              return Thread.currentThread();
            });
    try {
      return new Replica(
          name,
          adapter,
          executor,
          Objects.requireNonNull(Uninterruptibles.getUninterruptibly(started)));
    } catch (ExecutionException e) {
      executor.shutdown();
      adapter.close();
      throw failure(name, e);
    }
  }

  /** Returns the name that errors use. */
  static String name(int number, LanguageModel model) {
    return "replica " + number + " on " + model.device();
  }

  /** A computation of a replica. */
  @FunctionalInterface
  interface Work<T> {
    T with(ScratchAdapter adapter);
  }

  /** Runs a computation on the replica's thread. */
  <T> Future<T> submit(Work<T> work) {
    return executor.submit(() -> work.with(adapter));
  }

  /**
   * Returns the error of a task with the replica's name, of the type that says what can be done.
   */
  RuntimeException failure(ExecutionException failed) {
    return failure(name, failed);
  }

  static RuntimeException failure(String name, ExecutionException failed) {
    Throwable cause = Objects.requireNonNullElse(failed.getCause(), failed);
    String message = name + " failed: " + cause.getMessage();
    if (cause instanceof OutOfMemoryException) {
      return new OutOfMemoryException(message, cause);
    }
    if (cause instanceof DeviceException) {
      return new DeviceException(message, cause);
    }
    if (cause instanceof IllegalArgumentException) {
      return new IllegalArgumentException(message, cause);
    }
    if (cause instanceof IllegalStateException) {
      return new IllegalStateException(message, cause);
    }
    return new TelecomLlmException(
        cause instanceof TelecomLlmException ? message : name + " failed: " + cause, cause);
  }

  /** Waits for the task under way and for the end of the thread, then frees the adapter. */
  @Override
  public void close() {
    executor.shutdown();
    Uninterruptibles.joinUninterruptibly(thread);
    adapter.close();
  }
}
