package io.telecomllm.inference.statistics;

import static com.google.common.base.Preconditions.checkArgument;

import java.util.Collection;
import java.util.List;

/**
 * Numbers that say how good answers and their confidences are. None depends on the order of the
 * questions. An empty list is an {@link IllegalArgumentException}.
 *
 * <p>Each method can be handed to {@link Bootstrap} as the figure to estimate.
 */
public final class Figures {
  /** The number of bins of {@link #expectedCalibrationError}, that of Guo et al. (2017). */
  public static final int BINS = 15;

  /**
   * The least probability that {@link #logLoss} tells from 0, 2<sup>-52</sup>: one question adds at
   * most 36.04 to the sum.
   */
  public static final double LEAST_PROBABILITY = 0x1p-52;

  private Figures() {}

  /** Returns the share of right answers, 0 to 1. */
  public static double accuracy(List<GradedAnswer> answers) {
    checkNotEmpty(answers);
    return (double) answers.stream().filter(GradedAnswer::right).count() / answers.size();
  }

  /**
   * Returns the mean distance of confidence and accuracy, 0 to 1: over {@value #BINS} bins of equal
   * width, weighted by their number of answers (Naeini, Cooper and Hauskrecht 2015). {@link
   * Reliability} says which bin a confidence on an edge belongs to, and allows another number.
   */
  public static double expectedCalibrationError(List<GradedAnswer> answers) {
    return Reliability.of(answers, BINS).expectedCalibrationError();
  }

  /**
   * Returns the Brier score, 0 to 2: the mean over the questions of the squared differences between
   * the options' probabilities and 1 for the right option, 0 for the others, summed over the
   * options and not halved (Brier 1950).
   */
  public static double brierScore(List<Forecast> forecasts) {
    checkNotEmpty(forecasts);
    return forecasts.stream().mapToDouble(Figures::squaredDistance).average().orElseThrow();
  }

  private static double squaredDistance(Forecast forecast) {
    double sum = 0;
    List<Double> probabilities = forecast.probabilities().values();
    for (int i = 0; i < probabilities.size(); i++) {
      double difference = probabilities.get(i) - (i == forecast.answer() ? 1 : 0);
      sum += difference * difference;
    }
    return sum;
  }

  /**
   * Returns the mean of -ln p, p being the probability of the right option, in nats, 0 to 36.05. A
   * probability below {@link #LEAST_PROBABILITY}, such as 0, counts as this; 1 is not clipped.
   */
  public static double logLoss(List<Forecast> forecasts) {
    checkNotEmpty(forecasts);
    return forecasts.stream()
        .mapToDouble(f -> 0 - Math.log(Math.max(f.ofAnswer(), LEAST_PROBABILITY)))
        .average()
        .orElseThrow();
  }

  /**
   * Returns the area under the ROC curve of confidence against being right, 0 to 1: the probability
   * that a right answer is surer than a wrong one, an equal confidence counting as half (Hanley and
   * McNeil 1982). NaN if all answers are right or all are wrong.
   */
  public static double auroc(List<GradedAnswer> answers) {
    return RiskCoverage.of(answers).auroc();
  }

  /** Returns the area under the risk-coverage curve, see {@link RiskCoverage#aurc}. */
  public static double aurc(List<GradedAnswer> answers) {
    return RiskCoverage.of(answers).aurc();
  }

  /**
   * Returns the accuracy on the surest answers, see {@link RiskCoverage#selectiveAccuracy}.
   *
   * @param coverage the share of questions to answer, over 0 and at most 1
   */
  public static double selectiveAccuracy(List<GradedAnswer> answers, double coverage) {
    return RiskCoverage.of(answers).selectiveAccuracy(coverage);
  }

  static void checkNotEmpty(Collection<?> questions) {
    checkArgument(!questions.isEmpty(), "there are no questions, expected at least one");
  }
}
