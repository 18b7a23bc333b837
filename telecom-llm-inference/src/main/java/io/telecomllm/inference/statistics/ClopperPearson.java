package io.telecomllm.inference.statistics;

import static com.google.common.base.Preconditions.checkArgument;

import org.apache.commons.numbers.gamma.RegularizedBeta;

/**
 * The exact binomial interval of a share (Clopper and Pearson 1934): it holds the true share with
 * at least the confidence level, for every share and every number of questions. That of {@link
 * io.telecomllm.data.Accuracy} is narrower and holds it with about the level, so a promise needs
 * this one.
 */
public final class ClopperPearson {
  private ClopperPearson() {}

  /**
   * Returns the share of right answers with its two-sided interval; without questions the value is
   * NaN and the interval [0, 1].
   *
   * @param right the number of right answers, 0 to {@code count}
   * @param count the number of questions, at least 0
   * @param level the confidence level, over 0 and under 1, such as 0.95
   */
  public static Estimate interval(int right, int count, double level) {
    checkCounts(right, count);
    Estimate.checkLevel(level);
    double error = (1 - level) / 2;
    return new Estimate(
        (double) right / count,
        lowest(right, count, error),
        1 - lowest(count - right, count, error),
        level);
  }

  /**
   * Returns the one-sided lower bound of the true accuracy, 0 to 1: at least {@code target} exactly
   * if {@link #pValue} is at most 1 - {@code level}.
   *
   * @param right the number of right answers, 0 to {@code count}
   * @param count the number of questions, at least 0; the bound is 0 without any
   * @param level the confidence level, over 0 and under 1
   */
  public static double lowerBound(int right, int count, double level) {
    checkCounts(right, count);
    Estimate.checkLevel(level);
    return lowest(right, count, 1 - level);
  }

  /** Returns the largest accuracy under which so many right answers are a rare event. */
  private static double lowest(int right, int count, double error) {
    double low = 0;
    double high = right == 0 ? 0 : 1;
    double middle = (low + high) / 2;
    while (low < middle && middle < high) {
      if (pValue(right, count, middle) <= error) {
        low = middle;
      } else {
        high = middle;
      }
      middle = low + (high - low) / 2;
    }
    return low;
  }

  /**
   * Returns the probability of at least this many right answers if the true accuracy is {@code
   * accuracy}: the p-value of the exact binomial test of "the accuracy is at most this".
   *
   * @param right the number of right answers, 0 to {@code count}
   * @param count the number of questions, at least 0
   * @param accuracy 0 to 1
   */
  public static double pValue(int right, int count, double accuracy) {
    checkCounts(right, count);
    checkArgument(accuracy >= 0 && accuracy <= 1, "accuracy is %s, must be 0 to 1", accuracy);
    // the tail of the binomial distribution as an incomplete beta function (Abramowitz and Stegun
    // 1964, 26.5.24)
    return right == 0 ? 1 : RegularizedBeta.value(accuracy, right, count - right + 1.0);
  }

  /**
   * Returns the fewest questions that can show an accuracy of at least {@code target}, which takes
   * that all of them are answered correctly.
   *
   * @param target over 0 and under 1
   * @param level the confidence level, over 0 and under 1
   */
  public static int questionsNeeded(double target, double level) {
    checkArgument(target > 0 && target < 1, "target is %s, must be over 0 and under 1", target);
    Estimate.checkLevel(level);
    int needed = (int) Math.max(1, Math.floor(Math.log(1 - level) / Math.log(target)));
    // the quotient is rounded
    while (needed < Integer.MAX_VALUE && pValue(needed, needed, target) > 1 - level) {
      needed++;
    }
    return needed;
  }

  private static void checkCounts(int right, int count) {
    checkArgument(
        right >= 0 && right <= count, "right is %s, must be 0 to the count %s", right, count);
  }
}
