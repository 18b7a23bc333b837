package io.telecomllm.training.gradients;

import static com.google.common.base.Preconditions.checkArgument;

import io.telecomllm.Internal;
import io.telecomllm.training.objective.Loss;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntFunction;

/**
 * Adds the results of a step's slices in their order, in fp64, and rounds each value once. The bits
 * of the sum do not depend on who computed which slice, or who finished first.
 */
@Internal
public final class SliceSum {
  /**
   * The result of a slice.
   *
   * @param loss its share of the step's loss
   * @param arrays the number of arrays of gradients
   * @param array returns the array with a given index; called once per array, so that arrays can be
   *     decoded one at a time
   */
  public record Part(Loss loss, int arrays, IntFunction<float[]> array) {
    /** Wraps a result that was computed in this process. */
    public static Part of(LossAndGradients result) {
      List<float[]> all = result.gradients().arrays();
      return new Part(result.loss(), all.size(), all::get);
    }
  }

  private SliceSum() {}

  /**
   * Adds the results of all slices.
   *
   * @param parts at least one, all with arrays of the same lengths; their arrays are not changed
   */
  public static LossAndGradients of(List<Part> parts) {
    Loss loss = Loss.NONE;
    for (Part part : parts) {
      loss = loss.plus(part.loss());
    }
    List<float[]> sums = new ArrayList<>();
    for (int i = 0; i < parts.get(0).arrays(); i++) {
      sums.add(sum(parts, i));
    }
    return new LossAndGradients(loss, new ParameterArrays(sums));
  }

  private static float[] sum(List<Part> parts, int i) {
    double[] sum = new double[0];
    // one at a time: decoded, the parts of a step can fill much of the heap
    for (int p = 0; p < parts.size(); p++) {
      float[] values = parts.get(p).array().apply(i);
      if (p == 0) {
        sum = new double[values.length];
      }
      checkArgument(
          values.length == sum.length, "parts of %s and %s values", sum.length, values.length);
      for (int k = 0; k < sum.length; k++) {
        sum[k] += values[k];
      }
    }
    float[] rounded = new float[sum.length];
    for (int k = 0; k < sum.length; k++) {
      rounded[k] = (float) sum[k];
    }
    return rounded;
  }
}
