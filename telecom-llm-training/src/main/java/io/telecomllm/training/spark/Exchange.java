package io.telecomllm.training.spark;

import io.telecomllm.OutOfMemoryException;
import io.telecomllm.TelecomLlmException;
import io.telecomllm.training.gradients.LossAndGradients;
import io.telecomllm.training.gradients.ParameterArrays;
import io.telecomllm.training.gradients.SliceSum;
import io.telecomllm.training.objective.Loss;
import java.io.Serializable;
import java.util.List;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.api.java.function.Function;
import org.apache.spark.broadcast.Broadcast;

/**
 * Runs one step on Spark: broadcasts the values, runs one task per part, collects the results in
 * order.
 */
final class Exchange {
  private final JavaSparkContext spark;

  Exchange(JavaSparkContext spark) {
    this.spark = spark;
  }

  /** The computation of a task on its part; it is sent to the executor. */
  @FunctionalInterface
  interface Work<P> extends Serializable {
    LossAndGradients of(P part, ParameterArrays values);
  }

  /**
   * The result of a task.
   *
   * @param shortage the device's error message if its memory was short, otherwise empty. As an
   *     exception it would lose its type, and Spark would retry the task first
   */
  @SuppressWarnings("ArrayRecordComponent")
  private record Sent(Loss loss, byte[][] gradients, String shortage) implements Serializable {
    SliceSum.Part part() {
      return new SliceSum.Part(loss, gradients.length, i -> ParameterArrays.floats(gradients[i]));
    }
  }

  private record Task<P>(Work<P> work, Broadcast<byte[][]> values) implements Function<P, Sent> {
    @Override
    public Sent call(P part) {
      try {
        LossAndGradients result = work.of(part, ParameterArrays.ofBytes(values.value()));
        return new Sent(result.loss(), result.gradients().toBytes(), "");
      } catch (OutOfMemoryException e) {
        return new Sent(Loss.NONE, new byte[0][], String.valueOf(e.getMessage()));
      }
    }
  }

  /**
   * Computes the sum over the parts, in their order.
   *
   * @param parts serializable, at least one; each becomes one task
   * @throws OutOfMemoryException if the device of an executor has no memory left; smaller parts may
   *     fit
   * @throws TelecomLlmException if a task fails after all of Spark's retries
   * @throws IllegalStateException if the Spark context is stopped
   */
  <P> LossAndGradients sum(ParameterArrays values, List<P> parts, Work<P> work) {
    Broadcast<byte[][]> sent = spark.broadcast(values.toBytes());
    try {
      List<Sent> results =
          spark.parallelize(parts, parts.size()).map(new Task<>(work, sent)).collect();
      requireRoom(results);
      return SliceSum.of(results.stream().map(Sent::part).toList());
    } catch (OutOfMemoryException e) {
      throw e;
    } catch (Exception e) {
      // Spark's exceptions are checked ones that it does not declare
      if (e instanceof InterruptedException) {
        Thread.currentThread().interrupt();
      }
      throw new TelecomLlmException("the step failed on Spark: " + e.getMessage(), e);
    } finally {
      sent.destroy();
    }
  }

  private static void requireRoom(List<Sent> results) {
    for (int i = 0; i < results.size(); i++) {
      String shortage = results.get(i).shortage();
      if (!shortage.isEmpty()) {
        throw new OutOfMemoryException(
            "an executor failed at part " + (i + 1) + " of " + results.size() + ": " + shortage);
      }
    }
  }
}
