package io.telecomllm.inference.evaluation;

import static com.google.common.base.Preconditions.checkArgument;
import static java.util.Objects.requireNonNull;

import io.telecomllm.data.EpochOrder;
import io.telecomllm.inference.TelecomAnswerer;
import io.telecomllm.inference.calibration.Abstention;
import io.telecomllm.inference.calibration.CalibratedAnswer;
import io.telecomllm.inference.calibration.Calibration;
import io.telecomllm.inference.calibration.CalibrationQuestion;
import io.telecomllm.inference.calibration.ConformalRule;
import io.telecomllm.inference.calibration.LogisticCalibration;
import io.telecomllm.inference.calibration.SavedCalibration;
import io.telecomllm.inference.calibration.TargetAccuracyRule;
import io.telecomllm.inference.calibration.TemperatureCalibration;
import io.telecomllm.inference.calibration.ThresholdRule;
import io.telecomllm.inference.statistics.Forecast;
import io.telecomllm.inference.statistics.GradedAnswer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.Function;

/**
 * Fits a calibration, and a rule of abstention, to an evaluation on questions that the model was
 * not trained on. Immutable; each setting returns a changed copy.
 *
 * <pre>{@code
 * Evaluation evaluation = Evaluator.on(answerer).evaluate(questions);
 * Calibrator.on(answerer).targetAccuracy(0.8, 0.95).fit(evaluation).save(folder);
 * }</pre>
 *
 * <p>Without a rule that makes a promise all questions go into the calibration. A rule that makes
 * one takes half of them, chosen at random, since the promise holds for questions that the
 * calibration has not seen.
 */
public final class Calibrator {
  private static final int FEWEST = 2;

  private final TelecomAnswerer answerer;
  private final Function<List<CalibrationQuestion>, Calibration> method;
  private final Optional<Rule> rule;
  private final long seed;

  /**
   * A rule to fit.
   *
   * @param promises whether it must see other questions than the calibration
   */
  private record Rule(boolean promises, Function<List<Judged>, Abstention> fit) {}

  /** A calibrated answer and the right option. */
  private record Judged(CalibratedAnswer answer, int right) {
    GradedAnswer graded() {
      return answer.graded(right);
    }

    Forecast forecast() {
      return answer.forecast(right);
    }
  }

  private Calibrator(
      TelecomAnswerer answerer,
      Function<List<CalibrationQuestion>, Calibration> method,
      Optional<Rule> rule,
      long seed) {
    this.answerer = answerer;
    this.method = method;
    this.rule = rule;
    this.seed = seed;
  }

  /**
   * Calibrates this answerer, by temperature and without a rule of abstention. Whether it is
   * calibrated already does not matter: the model's own probabilities are.
   */
  public static Calibrator on(TelecomAnswerer answerer) {
    requireNonNull(answerer, "answerer is null");
    return new Calibrator(answerer, TemperatureCalibration::fit, Optional.empty(), 0);
  }

  /** Calibrates by temperature, which is the default. */
  public Calibrator temperature() {
    return new Calibrator(answerer, TemperatureCalibration::fit, rule, seed);
  }

  /**
   * Calibrates by logistic regression.
   *
   * @param features names of numbers in {@link
   *     io.telecomllm.inference.calibration.Evidence#feature}, at least one
   */
  public Calibrator logistic(String... features) {
    List<String> names = List.of(features);
    return new Calibrator(
        answerer, questions -> LogisticCalibration.fit(questions, names), rule, seed);
  }

  /** Leaves answers of less confidence to a person. */
  public Calibrator threshold(double threshold) {
    ThresholdRule fixed = new ThresholdRule(threshold);
    return with(new Rule(false, judged -> fixed));
  }

  /**
   * Gives as many answers as it can while, with the probability {@code level}, at least {@code
   * target} of those that it gives are right; see {@link TargetAccuracyRule}.
   */
  public Calibrator targetAccuracy(double target, double level) {
    // known before anything is asked
    TargetAccuracyRule unused = new TargetAccuracyRule(OptionalDouble.empty(), target, level);
    return with(
        new Rule(
            true,
            judged ->
                TargetAccuracyRule.fit(
                    judged.stream().map(Judged::graded).toList(), target, level)));
  }

  /**
   * Gives answers where a set of options that holds the right one with the probability 1 - {@code
   * error} has one option; see {@link ConformalRule}.
   */
  public Calibrator conformal(double error) {
    ConformalRule unused = new ConformalRule(0, error);
    return with(
        new Rule(
            true,
            judged -> ConformalRule.fit(judged.stream().map(Judged::forecast).toList(), error)));
  }

  private Calibrator with(Rule value) {
    return new Calibrator(answerer, method, Optional.of(value), seed);
  }

  /** Sets the seed of the choice of the rule's questions; the default is 0. */
  public Calibrator seed(long value) {
    return new Calibrator(answerer, method, rule, value);
  }

  /**
   * Fits the calibration, and the rule if there is one.
   *
   * @param evaluation of the same answerer, or of one with the same parts and position prior
   * @throws IllegalArgumentException saying what is lacking: there are too few questions for the
   *     promise, or the answers are all right or all wrong
   */
  public SavedCalibration fit(Evaluation evaluation) {
    List<Outcome> forCalibration = new ArrayList<>();
    List<Outcome> forRule = new ArrayList<>();
    boolean apart = rule.map(Rule::promises).orElse(false);
    List<Outcome> outcomes = evaluation.outcomes();
    checkArgument(
        !apart || outcomes.size() >= FEWEST,
        "%s questions are too few, at least %s are needed",
        outcomes.size(),
        FEWEST);
    int[] order = EpochOrder.order(outcomes.size(), seed, 0);
    for (int i = 0; i < order.length; i++) {
      (apart && i % 2 == 1 ? forRule : forCalibration).add(outcomes.get(order[i]));
    }
    Calibration calibration =
        method.apply(forCalibration.stream().map(Outcome::calibrationQuestion).toList());
    List<Judged> judged =
        forRule.stream()
            .map(o -> new Judged(calibration.calibrate(o.evidence()), o.question().answer()))
            .toList();
    return new SavedCalibration(
        answerer.prior(),
        calibration,
        rule.map(value -> value.fit().apply(judged)),
        forCalibration.size(),
        answerer.calibratedFor());
  }
}
