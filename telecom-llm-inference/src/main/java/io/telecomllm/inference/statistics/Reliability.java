package io.telecomllm.inference.statistics;

import static com.google.common.base.Preconditions.checkArgument;

import java.util.List;
import java.util.stream.IntStream;

/**
 * A reliability diagram: answers in bins of equal width by their confidence, and how many of each
 * bin are right (DeGroot and Fienberg 1983). Immutable.
 *
 * <p>A confidence on an edge belongs to the bin above it, and 1 to the last bin. torchmetrics
 * agrees except for a confidence of exactly 1, which it puts into a bin of its own: an answer of
 * confidence 1 and one of confidence 0.95 may then not make up for each other. Guo et al. (2017)
 * put an edge into the bin below it.
 *
 * @param bins the bins from 0 to 1, at least one
 */
public record Reliability(List<Bin> bins) {
  /** The most bins. */
  public static final int MOST_BINS = 1000;

  /** Copies the list. */
  public Reliability {
    bins = List.copyOf(bins);
    checkArgument(!bins.isEmpty(), "there are no bins, expected at least one");
  }

  /**
   * The answers of similar confidence.
   *
   * @param low the lower edge, which belongs to the bin
   * @param high the upper edge, which belongs to the next bin, or to this one if it is 1
   * @param count the number of answers, at least 0
   * @param right the number of right answers, 0 to {@code count}
   * @param confidence the mean confidence, from {@code low} to {@code high}; NaN without answers
   */
  public record Bin(double low, double high, int count, int right, double confidence) {
    /** Checks the ranges. */
    public Bin {
      checkArgument(low >= 0 && low < high && high <= 1, "a bin from %s to %s", low, high);
      checkArgument(right >= 0 && right <= count, "right is %s, must be 0 to %s", right, count);
      checkArgument(
          count == 0 ? Double.isNaN(confidence) : confidence >= low && confidence <= high,
          "confidence is %s in a bin from %s to %s with %s answers",
          confidence,
          low,
          high,
          count);
    }

    /** Returns the share of right answers, 0 to 1; NaN without answers. */
    public double accuracy() {
      return (double) right / count;
    }
  }

  /**
   * Sorts answers into bins.
   *
   * @param answers at least one
   * @param bins the number of bins, 1 to {@value #MOST_BINS}
   */
  public static Reliability of(List<GradedAnswer> answers, int bins) {
    Figures.checkNotEmpty(answers);
    checkArgument(bins >= 1 && bins <= MOST_BINS, "bins is %s, must be 1 to %s", bins, MOST_BINS);
    int[] counts = new int[bins];
    int[] rights = new int[bins];
    double[] sums = new double[bins];
    for (GradedAnswer answer : answers) {
      int bin = bin(answer.confidence(), bins);
      counts[bin]++;
      rights[bin] += answer.right() ? 1 : 0;
      sums[bin] += answer.confidence();
    }
    return new Reliability(
        IntStream.range(0, bins)
            .mapToObj(i -> bin(i, bins, counts[i], rights[i], sums[i] / counts[i]))
            .toList());
  }

  private static Bin bin(int index, int bins, int count, int right, double mean) {
    double low = edge(index, bins);
    double high = edge(index + 1, bins);
    // a sum of many equal confidences is rounded, and their mean may fall outside
    double inside = count == 0 ? Double.NaN : Math.min(high, Math.max(low, mean));
    return new Bin(low, high, count, right, inside);
  }

  private static int bin(double confidence, int bins) {
    int bin = Math.min(bins - 1, (int) (confidence * bins));
    // the product is rounded: 0.29 * 100 is less than 29
    if (confidence < edge(bin, bins)) {
      return bin - 1;
    }
    return bin + 1 < bins && confidence >= edge(bin + 1, bins) ? bin + 1 : bin;
  }

  private static double edge(int index, int bins) {
    return (double) index / bins;
  }

  /**
   * Returns the distance of mean confidence and accuracy, weighted by the number of answers, 0 to
   * 1.
   */
  public double expectedCalibrationError() {
    double sum = 0;
    int all = 0;
    for (Bin bin : bins) {
      all += bin.count();
      if (bin.count() > 0) {
        sum += Math.abs(bin.right() - bin.count() * bin.confidence());
      }
    }
    return sum / all;
  }
}
