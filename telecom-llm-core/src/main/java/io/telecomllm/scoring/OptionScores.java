package io.telecomllm.scoring;

import static com.google.common.base.Preconditions.checkArgument;

import com.google.common.primitives.Doubles;
import io.telecomllm.Internal;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * How probable a model finds each option of a question. Immutable.
 *
 * @param logProbabilities one for each option, in their order, finite; a constant may be added to
 *     all, so that they compare only with each other
 */
@Internal
public record OptionScores(List<Double> logProbabilities) {
  /** Checks that there is at least one and that all are finite. */
  public OptionScores {
    logProbabilities = List.copyOf(logProbabilities);
    checkArgument(!logProbabilities.isEmpty(), "there are no scores, expected one for each option");
    checkArgument(
        logProbabilities.stream().allMatch(Double::isFinite),
        "log-probabilities are %s, must be finite",
        logProbabilities);
  }

  /** Creates scores of options, in their order. */
  public static OptionScores of(double... logProbabilities) {
    return new OptionScores(Doubles.asList(logProbabilities));
  }

  /**
   * Creates scores from the options' logits, which may have any constant added to all: the
   * logarithm of the softmax over them.
   */
  static OptionScores among(double... logits) {
    double max = Doubles.max(logits);
    double sum = Arrays.stream(logits).map(logit -> Math.exp(logit - max)).sum();
    return of(Arrays.stream(logits).map(logit -> logit - max - Math.log(sum)).toArray());
  }

  /**
   * Returns the mean of the log-probabilities that a question's options have in several orders,
   * each among the options of its order.
   *
   * @param scores one for each order
   * @param orders of each, for its places, the number of the option there, counted from 0
   */
  public static OptionScores mean(List<OptionScores> scores, List<int[]> orders) {
    double[] means = new double[orders.get(0).length];
    for (int i = 0; i < orders.size(); i++) {
      List<Double> own =
          among(Doubles.toArray(scores.get(i).logProbabilities())).logProbabilities();
      for (int place = 0; place < means.length; place++) {
        means[orders.get(i)[place]] += own.get(place) / orders.size();
      }
    }
    return among(means);
  }

  /** Returns the probability of each option among those offered; they sum to 1. */
  public List<Double> probabilities() {
    double max = logProbabilities.get(best());
    List<Double> weights = logProbabilities.stream().map(l -> Math.exp(l - max)).toList();
    double sum = weights.stream().mapToDouble(w -> w).sum();
    return weights.stream().map(w -> w / sum).toList();
  }

  /** Returns the most probable option, counted from 0; the first one if several tie. */
  public int best() {
    return IntStream.range(0, logProbabilities.size())
        .reduce((a, b) -> logProbabilities.get(b) > logProbabilities.get(a) ? b : a)
        .orElseThrow();
  }

  /**
   * Returns all options that are exactly as probable as the best one, counted from 0, ascending.
   */
  public List<Integer> ties() {
    double max = logProbabilities.get(best());
    return IntStream.range(0, logProbabilities.size())
        .filter(option -> logProbabilities.get(option) == max)
        .boxed()
        .toList();
  }
}
