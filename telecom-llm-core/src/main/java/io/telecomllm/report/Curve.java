package io.telecomllm.report;

import static com.google.common.base.Preconditions.checkArgument;

import io.telecomllm.Internal;
import java.util.Arrays;

/**
 * The points of a curve; it has a gap where y is not finite.
 *
 * @param x rising, as many as y
 * @param y the values
 */
@SuppressWarnings("ArrayRecordComponent") // a pair of columns, never compared
public record Curve(double[] x, double[] y) {
  /** Checks the lengths. */
  public Curve {
    checkArgument(x.length == y.length, "%s x for %s y", x.length, y.length);
  }

  /** Returns the number of points. */
  public int size() {
    return x.length;
  }

  /**
   * Returns the mean around each point, with weights that fall exponentially to both sides, so that
   * it does not lag. Gaps stay gaps.
   *
   * @param weight the weight of a value as a share of its neighbour's nearer to the point, 0 to
   *     less than 1
   */
  @Internal
  public Curve smoothed(double weight) {
    double[] sums = new double[y.length];
    double[] weights = new double[y.length];
    for (int direction : new int[] {1, -1}) {
      double sum = 0;
      double total = 0;
      for (int k = 0; k < y.length; k++) {
        int i = direction > 0 ? k : y.length - 1 - k;
        // the points before this one; the point itself must count once
        sums[i] += sum;
        weights[i] += total;
        boolean finite = Double.isFinite(y[i]);
        sum = weight * (sum + (finite ? y[i] : 0));
        total = weight * (total + (finite ? 1 : 0));
      }
    }
    double[] mean = new double[y.length];
    for (int i = 0; i < y.length; i++) {
      mean[i] = Double.isFinite(y[i]) ? (sums[i] + y[i]) / (weights[i] + 1) : Double.NaN;
    }
    return new Curve(x, mean);
  }

  /**
   * Returns a curve of at most {@code most} points that looks the same: the lowest and the highest
   * point of each of {@code most / 2} equal stretches, so that no spike is lost.
   */
  Curve decimated(int most) {
    if (size() <= most) {
      return this;
    }
    int stretches = most / 2;
    int[] kept = new int[2 * stretches];
    int count = 0;
    for (int s = 0; s < stretches; s++) {
      int from = (int) ((long) size() * s / stretches);
      int to = (int) ((long) size() * (s + 1) / stretches);
      int low = from;
      int high = from;
      for (int i = from + 1; i < to; i++) {
        // comparisons with NaN are false, so replace a value that is not finite first
        low = !Double.isFinite(y[low]) || y[i] < y[low] ? i : low;
        high = !Double.isFinite(y[high]) || y[i] > y[high] ? i : high;
      }
      kept[count++] = Math.min(low, high);
      if (low != high) {
        kept[count++] = Math.max(low, high);
      }
    }
    int[] indices = Arrays.copyOf(kept, count);
    return new Curve(
        Arrays.stream(indices).mapToDouble(i -> x[i]).toArray(),
        Arrays.stream(indices).mapToDouble(i -> y[i]).toArray());
  }
}
