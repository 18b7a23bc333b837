package io.telecomllm.data;

import static com.google.common.base.Preconditions.checkArgument;

import java.util.Locale;

/**
 * How many of some questions were answered right, and what that says about all such questions: the
 * 95 % interval of Wilson (1927), which holds for few questions and near 0 and 1 too.
 *
 * @param right 0 to {@code count}
 * @param count the number of questions; of none, value and interval are NaN and [0, 1]
 */
public record Accuracy(int right, int count) {
  // the 97.5 % quantile of the normal distribution
  private static final double Z = 1.959963984540054;

  /** Checks the range. */
  public Accuracy {
    checkArgument(
        right >= 0 && right <= count, "right is %s, must be 0 to the count %s", right, count);
  }

  /** The share of right answers, 0 to 1. */
  public double value() {
    return (double) right / count;
  }

  /** Where the interval begins, 0 to 1. */
  public double low() {
    return count == 0 ? 0 : Math.max(0, center() - halfWidth());
  }

  /** Where the interval ends, 0 to 1. */
  public double high() {
    return count == 0 ? 1 : Math.min(1, center() + halfWidth());
  }

  private double center() {
    return (value() + Z * Z / (2 * count)) / (1 + Z * Z / count);
  }

  private double halfWidth() {
    double variance = value() * (1 - value()) / count + Z * Z / (4.0 * count * count);
    return Z * Math.sqrt(variance) / (1 + Z * Z / count);
  }

  /** In per cent: {@code 50.0 % [40.4, 59.6] of 100}. */
  @Override
  public String toString() {
    return count == 0
        ? "of 0"
        : String.format(
            Locale.ROOT,
            "%.1f %% [%.1f, %.1f] of %d",
            100 * value(),
            100 * low(),
            100 * high(),
            count);
  }
}
