package io.telecomllm.training.spark;

import static com.google.common.base.Preconditions.checkArgument;
import static com.google.common.base.Preconditions.checkState;

import io.telecomllm.Internal;
import io.telecomllm.lineage.Lineage;
import io.telecomllm.lora.LoraAdapter;
import io.telecomllm.lora.Parameter;
import io.telecomllm.model.LanguageModel;
import io.telecomllm.model.files.ModelSpec;
import io.telecomllm.training.batching.StepBatch;
import io.telecomllm.training.gradients.AdapterFiles;
import io.telecomllm.training.gradients.ArrayGradients;
import io.telecomllm.training.gradients.LossAndGradients;
import io.telecomllm.training.gradients.ParameterArrays;
import io.telecomllm.training.gradients.Slice;
import io.telecomllm.training.objective.Loss;
import io.telecomllm.training.objective.Objective;
import java.util.List;
import java.util.UUID;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;

/**
 * Computes gradients on Spark's executors. A step is a job: the parameters' values are broadcast,
 * the step's micro-batches are cut into slices, each slice is a task, and the driver adds the
 * slices' gradients in their order, in fp64. The cut depends on the step alone, so the result does
 * not depend on the number of executors, on which of them computes what, or on whether a task ran
 * twice, as long as all have the same kind of device and the same number of threads.
 *
 * <pre>{@code
 * ArrayGradients.Opener opener = SparkGradients.on(spark, ModelSpec.of("/models/phi-3"), 8);
 * }</pre>
 *
 * <p>An executor loads its model with its first task and keeps it until it ends. Adapter and
 * questions are sent to it; it needs no files of the driver. An executor computes one task at a
 * time, so give it the cores of one task.
 */
public final class SparkGradients implements ArrayGradients {
  /** The most slices; the driver holds a gradient of each. */
  public static final int MOST_SLICES = 1024;

  private final Exchange exchange;
  private final ExecutorAdapter.Run run;
  private final Broadcast<AdapterFiles> adapter;
  private final int slices;
  private final List<Parameter> parameters;
  private boolean closed;

  private SparkGradients(
      JavaSparkContext spark, ExecutorAdapter.Run run, LoraAdapter adapter, int slices) {
    this.exchange = new Exchange(spark);
    this.run = run;
    this.adapter = spark.broadcast(AdapterFiles.of(adapter));
    this.parameters = adapter.parameters();
    this.slices = slices;
  }

  /**
   * Returns an opener of sources that compute in this Spark context.
   *
   * @param model the model that executors load; its weights must be those of the driver's model
   * @param slices the most tasks per step, 1 to 1024; a step with fewer micro-batches has one task
   *     for each. The result depends on it in its last bits
   */
  public static ArrayGradients.Opener on(JavaSparkContext spark, ModelSpec model, int slices) {
    checkArgument(
        slices >= 1 && slices <= MOST_SLICES,
        "slices are %s, must be 1 to %s",
        slices,
        MOST_SLICES);
    return (base, adapter, objective) -> open(spark, model, slices, base, adapter, objective);
  }

  private static SparkGradients open(
      JavaSparkContext spark,
      ModelSpec model,
      int slices,
      LanguageModel base,
      LoraAdapter adapter,
      Objective objective) {
    String fingerprint = Lineage.Base.of(base).fingerprint();
    return new SparkGradients(
        spark,
        new ExecutorAdapter.Run(UUID.randomUUID().toString(), model, fingerprint, objective),
        adapter,
        slices);
  }

  @Override
  public List<Parameter> parameters() {
    return parameters;
  }

  /** Computes gradients where the task runs. */
  private record GradientWork(ExecutorAdapter.Run run, Broadcast<AdapterFiles> adapter)
      implements Exchange.Work<Slice> {
    @Override
    public LossAndGradients of(Slice slice, ParameterArrays values) {
      return ExecutorAdapter.ofThisProcess().gradients(run, adapter::value, values, slice);
    }
  }

  /** Computes the loss alone where the task runs. */
  private record LossWork(ExecutorAdapter.Run run, Broadcast<AdapterFiles> adapter)
      implements Exchange.Work<Slice> {
    @Override
    public LossAndGradients of(Slice slice, ParameterArrays values) {
      Loss loss = ExecutorAdapter.ofThisProcess().loss(run, adapter::value, values, slice);
      return new LossAndGradients(loss, new ParameterArrays(List.of()));
    }
  }

  @Internal
  @Override
  public LossAndGradients gradients(ParameterArrays values, StepBatch step) {
    return sum(values, step, new GradientWork(run, adapter));
  }

  @Internal
  @Override
  public Loss loss(ParameterArrays values, StepBatch step) {
    return sum(values, step, new LossWork(run, adapter)).loss();
  }

  private LossAndGradients sum(ParameterArrays values, StepBatch step, Exchange.Work<Slice> work) {
    checkState(!closed, "the gradients' source is closed");
    return exchange.sum(values, Slice.cut(step, run.objective(), slices), work);
  }

  /** Removes the broadcast adapter from the executors; the Spark context stays open. */
  @Override
  public void close() {
    if (!closed) {
      closed = true;
      adapter.destroy();
    }
  }
}
