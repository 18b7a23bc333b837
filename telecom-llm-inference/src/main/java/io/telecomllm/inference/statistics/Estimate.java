package io.telecomllm.inference.statistics;

import static com.google.common.base.Preconditions.checkArgument;

import java.util.Locale;

/**
 * A figure with its interval. Immutable.
 *
 * @param value the figure on the questions at hand; NaN if there are none
 * @param low the lower end of the interval
 * @param high the upper end, at least {@code low}
 * @param level the confidence level of the interval, over 0 and under 1
 */
public record Estimate(double value, double low, double high, double level) {
  /** Checks the ranges. */
  public Estimate {
    checkArgument(low <= high, "the interval is [%s, %s], its ends must be in order", low, high);
    checkLevel(level);
  }

  static void checkLevel(double level) {
    checkArgument(level > 0 && level < 1, "level is %s, must be over 0 and under 1", level);
  }

  /** Returns whether a number is inside the interval, its ends included. */
  public boolean contains(double number) {
    return number >= low && number <= high;
  }

  /** Returns the figure and its interval, such as {@code 0.500 [0.404, 0.596]}. */
  @Override
  public String toString() {
    return String.format(Locale.ROOT, "%.3f [%.3f, %.3f]", value, low, high);
  }
}
