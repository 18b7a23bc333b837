package io.telecomllm.inference.calibration;

import static com.google.common.base.Preconditions.checkArgument;

import java.util.HashSet;
import java.util.List;

/**
 * Says how probable a right answer is from features of it by a logistic regression, fitted with a
 * penalty on the squares of its weights (Platt 2000; le Cessie and van Houwelingen 1992). The
 * confidence rises with a feature of positive weight and falls with one of negative weight. The
 * probabilities of the options stay the model's own. Immutable.
 *
 * @param intercept the logit of the confidence where all features are at their means; finite
 * @param features the features with their weights, at least one, no name twice
 */
public record LogisticCalibration(double intercept, List<Feature> features) implements Calibration {
  /** The penalty that scikit-learn has by default ({@code C = 1}). */
  public static final double PENALTY = 1;

  /** A feature further from its mean counts as being this far away, so that no sum is NaN. */
  private static final double MOST_DEVIATIONS = 1e6;

  /** Checks the intercept and the names. */
  public LogisticCalibration {
    features = List.copyOf(features);
    checkArgument(Double.isFinite(intercept), "intercept is %s, must be finite", intercept);
    checkNames(features.stream().map(Feature::name).toList());
  }

  /**
   * A feature and what it says.
   *
   * @param name the name in {@link Evidence#feature}
   * @param mean its mean over the questions of the fit; finite
   * @param scale its standard deviation over these, or 1 if it was the same for all; over 0
   * @param weight what one standard deviation adds to the logit of the confidence; -1e100 to 1e100
   */
  public record Feature(String name, double mean, double scale, double weight) {
    private static final double MOST_WEIGHT = 1e100;

    /** Checks the ranges. */
    public Feature {
      checkArgument(!name.isBlank(), "a feature's name is blank");
      checkArgument(Double.isFinite(mean), "mean of '%s' is %s, must be finite", name, mean);
      checkArgument(
          scale > 0 && Double.isFinite(scale), "scale of '%s' is %s, must be over 0", name, scale);
      checkArgument(
          Math.abs(weight) <= MOST_WEIGHT, "weight of '%s' is %s, must be finite", name, weight);
    }

    /** Returns how many standard deviations a value is over the mean. */
    double deviations(double value) {
      return Math.max(-MOST_DEVIATIONS, Math.min(MOST_DEVIATIONS, (value - mean) / scale));
    }
  }

  /**
   * Finds the weights that maximise the penalised likelihood.
   *
   * @param questions some that are answered correctly and some that are not
   * @param features the names of the features to use, at least one
   * @param penalty half of this times the sum of the squared weights is added to the sum of the log
   *     losses, over 0; the features have a standard deviation of 1, and the intercept is not
   *     penalised
   * @throws IllegalArgumentException if all answers are right or all are wrong, or if a question
   *     lacks a feature
   * @throws io.telecomllm.DivergenceException if the weights are not found
   */
  public static LogisticCalibration fit(
      List<CalibrationQuestion> questions, List<String> features, double penalty) {
    checkNames(features);
    checkArgument(
        penalty > 0 && Double.isFinite(penalty), "penalty is %s, must be over 0", penalty);
    long right = questions.stream().filter(CalibrationQuestion::right).count();
    checkArgument(
        right > 0 && right < questions.size(),
        "%s of %s questions are answered correctly, expected some that are and some that are not",
        right,
        questions.size());
    return LogisticFit.of(questions, features, penalty);
  }

  /** Fits with {@link #PENALTY}. */
  public static LogisticCalibration fit(
      List<CalibrationQuestion> questions, List<String> features) {
    return fit(questions, features, PENALTY);
  }

  private static void checkNames(List<String> names) {
    checkArgument(!names.isEmpty(), "there are no features, expected at least one");
    checkArgument(new HashSet<>(names).size() == names.size(), "a feature is twice in %s", names);
  }

  @Override
  public CalibratedAnswer calibrate(Evidence evidence) {
    double logit = intercept;
    for (Feature feature : features) {
      logit += feature.weight() * feature.deviations(evidence.feature(feature.name()));
    }
    return new CalibratedAnswer(
        evidence.probabilities().best(), 1 / (1 + Math.exp(-logit)), evidence.probabilities());
  }
}
