package io.telecomllm.scoring;

import static com.google.common.base.Preconditions.checkArgument;

import com.google.common.primitives.Doubles;
import io.telecomllm.Internal;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalDouble;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;

/**
 * How probable a model finds each option of a question. Immutable.
 *
 * @param logProbabilities one for each option, in their order, finite; a constant may be added to
 *     all, so that they compare only with each other
 * @param abstention that of the answer that it is not known, with the same constant; empty if the
 *     prompt does not offer it
 */
@Internal
public record OptionScores(List<Double> logProbabilities, OptionalDouble abstention) {
  /** Checks that there is at least one and that all are finite. */
  public OptionScores {
    logProbabilities = List.copyOf(logProbabilities);
    checkArgument(!logProbabilities.isEmpty(), "there are no scores, expected one for each option");
    checkArgument(
        logProbabilities.stream().allMatch(Double::isFinite),
        "log-probabilities are %s, must be finite",
        logProbabilities);
    abstention.ifPresent(
        score -> checkArgument(Double.isFinite(score), "abstention is %s, must be finite", score));
  }

  /** Creates scores of options, in their order, without abstention. */
  public OptionScores(List<Double> logProbabilities) {
    this(logProbabilities, OptionalDouble.empty());
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
    return among(logits, logits.length);
  }

  /** Creates scores from the logits of options and, if there is one more, that of abstention. */
  static OptionScores among(double[] logits, int options) {
    double max = Arrays.stream(logits, 0, options).max().orElseThrow();
    double sum = Arrays.stream(logits, 0, options).map(logit -> Math.exp(logit - max)).sum();
    return split(
        Arrays.stream(logits).map(logit -> logit - max - Math.log(sum)).toArray(), options);
  }

  /** Creates scores from those of options and, if there is one more, that of abstention. */
  static OptionScores split(double[] scores, int options) {
    return new OptionScores(
        Doubles.asList(scores).subList(0, options),
        scores.length == options ? OptionalDouble.empty() : OptionalDouble.of(scores[options]));
  }

  /** Returns a copy in which abstention is as probable as in other scores, if it is offered. */
  public OptionScores withAbstentionOf(OptionScores other) {
    OptionalDouble odds = other.among().abstention;
    double sum = Math.log(logProbabilities.stream().mapToDouble(Math::exp).sum());
    return odds.isEmpty() ? this : withAbstention(odds.getAsDouble() + sum);
  }

  private OptionScores withAbstention(double value) {
    return new OptionScores(logProbabilities, OptionalDouble.of(value));
  }

  /**
   * Returns the mean of the log-probabilities that a question's options, and abstention if it is
   * offered, have in several orders, each among the options of its order.
   *
   * @param scores one for each order
   * @param orders of each, for its places, the number of the option there, counted from 0
   */
  public static OptionScores mean(List<OptionScores> scores, List<int[]> orders) {
    double[] means = new double[orders.get(0).length];
    double abstention = 0;
    for (int i = 0; i < orders.size(); i++) {
      OptionScores own = scores.get(i).among();
      for (int place = 0; place < means.length; place++) {
        means[orders.get(i)[place]] += own.logProbabilities.get(place) / orders.size();
      }
      abstention += own.abstention.orElse(0) / orders.size();
    }
    OptionScores mean = of(means);
    boolean offered = scores.get(0).abstention.isPresent();
    return (offered ? mean.withAbstention(abstention) : mean).among();
  }

  private OptionScores among() {
    double[] all =
        DoubleStream.concat(logProbabilities.stream().mapToDouble(l -> l), abstention.stream())
            .toArray();
    return among(all, logProbabilities.size());
  }

  /** Returns the probability of each option among those offered; they sum to 1. */
  public List<Double> probabilities() {
    double max = logProbabilities.get(best());
    List<Double> weights = logProbabilities.stream().map(l -> Math.exp(l - max)).toList();
    double sum = weights.stream().mapToDouble(w -> w).sum();
    return weights.stream().map(w -> w / sum).toList();
  }

  /**
   * Returns the probability of the answer that it is not known, among the options and itself, 0 to
   * 1; empty if the prompt does not offer it.
   */
  public OptionalDouble abstentionProbability() {
    if (abstention.isEmpty()) {
      return abstention;
    }
    double own = abstention.getAsDouble();
    double others = logProbabilities.stream().mapToDouble(l -> Math.exp(l - own)).sum();
    return OptionalDouble.of(1 / (1 + others));
  }

  /** Returns whether the answer that it is not known is more probable than every option. */
  public boolean abstains() {
    return abstention.isPresent() && abstention.getAsDouble() > logProbabilities.get(best());
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
