package io.telecomllm.inference.statistics;

import static com.google.common.base.Preconditions.checkArgument;

import java.util.List;
import org.apache.commons.numbers.gamma.RegularizedBeta;

/**
 * Compares two answerers on the same questions (McNemar 1947): only the questions that one of them
 * got right and the other wrong tell them apart. Immutable.
 *
 * @param onlyFirst the number of questions that only the first got right, at least 0
 * @param onlySecond the number of questions that only the second got right, at least 0
 */
public record McNemar(int onlyFirst, int onlySecond) {
  /** Checks the counts. */
  public McNemar {
    checkArgument(
        onlyFirst >= 0 && onlySecond >= 0,
        "%s and %s questions, must be at least 0",
        onlyFirst,
        onlySecond);
  }

  /**
   * Counts the questions on which two answerers differ.
   *
   * @param first the answers of the first, in the order of the questions
   * @param second those of the second to the same questions in the same order
   */
  public static McNemar of(List<GradedAnswer> first, List<GradedAnswer> second) {
    Bootstrap.checkPaired(first, second);
    int onlyFirst = 0;
    int onlySecond = 0;
    for (int i = 0; i < first.size(); i++) {
      boolean a = first.get(i).right();
      boolean b = second.get(i).right();
      onlyFirst += a && !b ? 1 : 0;
      onlySecond += b && !a ? 1 : 0;
    }
    return new McNemar(onlyFirst, onlySecond);
  }

  /**
   * Returns the two-sided p-value of the exact test, 0 to 1: how probable a split at least this
   * uneven is if both are equally good. It is 1 for two that never differ.
   */
  public double pValue() {
    int less = Math.min(onlyFirst, onlySecond);
    double all = (double) onlyFirst + onlySecond;
    if (onlyFirst == onlySecond) {
      return 1;
    }
    // twice the lower tail of the binomial distribution with a share of one half
    return Math.min(1, 2 * RegularizedBeta.value(0.5, all - less, less + 1.0));
  }
}
