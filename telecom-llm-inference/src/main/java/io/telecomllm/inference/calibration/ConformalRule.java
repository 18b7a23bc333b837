package io.telecomllm.inference.calibration;

import static com.google.common.base.Preconditions.checkArgument;

import io.telecomllm.inference.calibration.AbstentionReason.Kind;
import io.telecomllm.inference.statistics.Forecast;
import io.telecomllm.inference.statistics.OptionProbabilities;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * Gives an answer if a set of options that holds the right one with the probability 1 - {@code
 * error} has exactly one option (split conformal prediction: Vovk, Gammerman and Shafer 2005;
 * Sadinle, Lei and Wasserman 2019). Immutable.
 *
 * <p>The probability is that over all questions, and over the choice of those of the fit; of the
 * answers that are given, more than {@code error} may be wrong. A promise about these is {@link
 * TargetAccuracyRule}.
 *
 * @param quantile the largest 1 - p of an option in the set, 0 to 1
 * @param error the probability that the set lacks the right option, over 0 and under 1
 */
public record ConformalRule(double quantile, double error) implements Abstention {
  private static final double ROUNDING = 1e-9;

  /** Checks the ranges. */
  public ConformalRule {
    checkArgument(quantile >= 0 && quantile <= 1, "quantile is %s, must be 0 to 1", quantile);
    checkError(error);
  }

  private static void checkError(double error) {
    checkArgument(error > 0 && error < 1, "error is %s, must be over 0 and under 1", error);
  }

  /**
   * Takes the quantile from questions: of the n numbers 1 - p, p being the probability of the right
   * option, the one at place ceil((n + 1)(1 - error)) in ascending order.
   *
   * @param forecasts the probabilities of questions that the calibration was not fitted on
   * @param error over 0 and under 1, such as 0.1
   * @throws IllegalArgumentException saying how many are needed, if there are fewer than 1 / error
   *     - 1 questions
   */
  public static ConformalRule fit(List<Forecast> forecasts, double error) {
    checkError(error);
    int place = place(forecasts.size(), error);
    checkArgument(
        place <= forecasts.size(),
        "%s questions are too few for an error of %s, at least %s are needed",
        forecasts.size(),
        error,
        (long) Math.ceil(1 / error - 1 - ROUNDING));
    double[] scores = forecasts.stream().mapToDouble(f -> 1 - f.ofAnswer()).sorted().toArray();
    return new ConformalRule(scores[place - 1], error);
  }

  private static int place(int questions, double error) {
    // 30 * (1 - 0.1) may be over 27 in binary
    return (int) Math.max(1, Math.ceil((questions + 1) * (1 - error) - ROUNDING));
  }

  /**
   * Returns the options of the set, counted from 0, in ascending order; it may be empty, and it has
   * all of several options that are equally probable or none.
   */
  public List<Integer> set(OptionProbabilities probabilities) {
    List<Double> values = probabilities.values();
    return IntStream.range(0, values.size())
        .filter(i -> 1 - values.get(i) <= quantile)
        .boxed()
        .toList();
  }

  @Override
  public Optional<AbstentionReason> reason(CalibratedAnswer answer) {
    List<Integer> set = set(answer.probabilities());
    return set.size() == 1
        ? Optional.empty()
        : Optional.of(
            set.isEmpty()
                ? new AbstentionReason(Kind.NO_OPTION, "no option is probable enough", set)
                : new AbstentionReason(
                    Kind.SEVERAL_OPTIONS, set.size() + " options may be right", set));
  }
}
