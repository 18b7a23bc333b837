package io.telecomllm.training.spark;

import io.telecomllm.OutOfMemoryException;
import io.telecomllm.TelecomLlmException;
import io.telecomllm.training.gradients.LossAndGradients;
import io.telecomllm.training.gradients.ParameterArrays;
import io.telecomllm.training.gradients.SliceSum;
import java.io.Serializable;
import java.util.List;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.api.java.function.Function;
import org.apache.spark.broadcast.Broadcast;

/** One step on Spark: values out to every executor, a task a part, results back in their order. */
final class Exchange {
  private final JavaSparkContext spark;

  Exchange(JavaSparkContext spark) {
    this.spark = spark;
  }

  /** What an executor does with a part; travels to it. */
  @FunctionalInterface
  interface Work<P> extends Serializable {
    LossAndGradients of(P part, ParameterArrays values);
  }

  /**
   * What a task sends back.
   *
   * @param shortage what the executor's device said when its memory was short; else empty. As an
   *     exception it would come back without its type, and after as many tries as Spark makes
   */
  @SuppressWarnings("ArrayRecordComponent")
  private record Sent(double loss, byte[][] gradients, String shortage) implements Serializable {
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
        return new Sent(0, new byte[0][], String.valueOf(e.getMessage()));
      }
    }
  }

  /**
   * The sum over the parts, in their order.
   *
   * @param parts serializable, at least one; each becomes one task
   * @throws OutOfMemoryException if the device of an executor has no memory left: parts may be made
   *     smaller
   * @throws TelecomLlmException if a task fails as often as Spark repeats it
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
