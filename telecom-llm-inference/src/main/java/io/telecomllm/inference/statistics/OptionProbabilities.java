package io.telecomllm.inference.statistics;

import static com.google.common.base.Preconditions.checkArgument;

import com.google.common.primitives.Doubles;
import java.io.Serializable;
import java.util.List;

/**
 * The probabilities of a question's options. Immutable.
 *
 * @param values {@value #FEWEST} to {@value #MOST} numbers from 0 to 1 that sum to 1, in the order
 *     of the options
 */
public record OptionProbabilities(List<Double> values) implements Serializable {
  /** The fewest options that leave a choice. */
  public static final int FEWEST = 2;

  /** The most options. */
  public static final int MOST = 30;

  private static final double ROUNDING = 1e-6;

  /** Checks the number of options, their ranges and their sum. */
  public OptionProbabilities {
    values = List.copyOf(values);
    checkArgument(
        values.size() >= FEWEST && values.size() <= MOST,
        "%s options, must be %s to %s",
        values.size(),
        FEWEST,
        MOST);
    double sum = values.stream().mapToDouble(p -> p).sum();
    checkArgument(
        values.stream().allMatch(p -> p >= 0 && p <= 1) && Math.abs(sum - 1) < ROUNDING,
        "probabilities are %s, must be 0 to 1 and sum to 1",
        values);
  }

  /** Creates the probabilities of options in this order. */
  public static OptionProbabilities of(double... values) {
    return new OptionProbabilities(Doubles.asList(values));
  }

  /** Returns the index of the most probable option, the first of equal ones. */
  public int best() {
    int best = 0;
    for (int i = 1; i < values.size(); i++) {
      best = values.get(i) > values.get(best) ? i : best;
    }
    return best;
  }

  /** Returns the highest probability, over 0. */
  public double highest() {
    return values.get(best());
  }

  /** Returns the highest probability less the second highest, 0 to 1; 0 if two are equal. */
  public double margin() {
    List<Double> sorted = values.stream().sorted().toList();
    return sorted.get(sorted.size() - 1) - sorted.get(sorted.size() - 2);
  }
}
