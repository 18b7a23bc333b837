package io.telecomllm.data;

import static com.google.common.base.Preconditions.checkArgument;

import java.util.Locale;

/**
 * The number of questions answered correctly out of a sample, with the 95 % confidence interval of
 * Wilson (1927), which is also accurate for few questions and for accuracies near 0 or 1.
 *
 * @param right the number of correct answers, 0 to {@code count}
 * @param count the number of questions; for 0 the value is NaN and the interval [0, 1]
 */
public record Accuracy(int right, int count) {
  // the 97.5 % quantile of the normal distribution
  private static final double Z = 1.959963984540054;

  /** Checks the range. */
  public Accuracy {
    checkArgument(
        right >= 0 && right <= count, "right is %s, must be 0 to the count %s", right, count);
  }

  /** Returns the share of correct answers, 0 to 1; NaN without questions. */
  public double value() {
    return (double) right / count;
  }

  /** Returns the lower end of the confidence interval, 0 to 1. */
  public double low() {
    return count == 0 ? 0 : Math.max(0, center() - halfWidth());
  }

  /** Returns the upper end of the confidence interval, 0 to 1. */
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

  /** Returns the value and the interval in per cent, such as {@code 50.0 % [40.4, 59.6] of 100}. */
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
