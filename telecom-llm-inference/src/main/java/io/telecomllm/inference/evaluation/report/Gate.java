package io.telecomllm.inference.evaluation.report;

import static com.google.common.base.Preconditions.checkArgument;

import io.telecomllm.inference.evaluation.report.ComparedGroup.Compared;
import io.telecomllm.inference.evaluation.report.Verdict.Check;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;

/**
 * Decides whether a candidate may take the place of the baseline, such as tonight's adapter that of
 * yesterday. Immutable; each setting returns a changed copy.
 *
 * <p>The candidate fails if it is significantly less accurate, if it loses more accuracy than
 * allowed, or if its log loss is significantly higher; further rules are off until they are set.
 *
 * <p>A pass says that no loss was seen, not that there is none. With 1,000 questions of which 150
 * only one of the two answers correctly, a loss of 3.0 points is seen with a probability of 80 %
 * ({@link ComparedGroup#visibleLoss}), one of 1 point with less than 20 %; {@link
 * #certainlyMostLost(double)} asks for evidence that there is no such loss. Nor is each failure a
 * loss: of two equally good answerers about one in twenty fails by each significant rule. The limit
 * of 2 points adds to this where questions are few: with 200, of which 30 differ, it alone fails 18
 * % of them.
 *
 * <p>A candidate that passes each night may lose a little each night: compare with a fixed baseline
 * from time to time.
 *
 * @param significance the probability, over 0 and under 0.5, with which a rule about significance
 *     fails a candidate that is as good as the baseline
 * @param mostLost the most accuracy that may be lost, 0 to 1: 0.02 are 2 points
 * @param certainlyMostLost the lower end of the interval of the difference of the accuracies must
 *     be at least minus this, 0 to 1; empty to leave the rule out
 * @param mostLostInCategory a category fails if it loses more accuracy than this, 0 to 1, and
 *     significantly so at {@code significance} divided by the number of categories (Bonferroni);
 *     empty to leave the rule out
 * @param mostCalibrationLost the most by which the calibration error may rise, 0 to 1; empty to
 *     leave the rule out
 */
public record Gate(
    double significance,
    double mostLost,
    OptionalDouble certainlyMostLost,
    OptionalDouble mostLostInCategory,
    OptionalDouble mostCalibrationLost) {
  private static final double DEFAULT_SIGNIFICANCE = 0.05;
  private static final double DEFAULT_MOST_LOST = 0.02;

  // accuracies are quotients: 0.78 - 0.8 is less than -0.02
  private static final double ROUNDING = 1e-9;

  /** Checks the ranges. */
  public Gate {
    checkArgument(
        significance > 0 && significance < 0.5,
        "significance is %s, must be over 0 and under 0.5",
        significance);
    checkShare("mostLost", mostLost);
    certainlyMostLost.ifPresent(value -> checkShare("certainlyMostLost", value));
    mostLostInCategory.ifPresent(value -> checkShare("mostLostInCategory", value));
    mostCalibrationLost.ifPresent(value -> checkShare("mostCalibrationLost", value));
  }

  private static void checkShare(String name, double value) {
    checkArgument(value >= 0 && value <= 1, "%s is %s, must be 0 to 1", name, value);
  }

  /** Creates the gate with the rules that are always on: 0.05, and 2 points of accuracy. */
  public static Gate defaults() {
    return new Gate(
        DEFAULT_SIGNIFICANCE,
        DEFAULT_MOST_LOST,
        OptionalDouble.empty(),
        OptionalDouble.empty(),
        OptionalDouble.empty());
  }

  /** Sets {@link #significance()}. */
  public Gate significance(double value) {
    return new Gate(value, mostLost, certainlyMostLost, mostLostInCategory, mostCalibrationLost);
  }

  /** Sets {@link #mostLost()}. */
  public Gate mostLost(double value) {
    return new Gate(
        significance, value, certainlyMostLost, mostLostInCategory, mostCalibrationLost);
  }

  /** Sets {@link #certainlyMostLost()}. */
  public Gate certainlyMostLost(double value) {
    return new Gate(
        significance, mostLost, OptionalDouble.of(value), mostLostInCategory, mostCalibrationLost);
  }

  /** Sets {@link #mostLostInCategory()}. */
  public Gate mostLostInCategory(double value) {
    return new Gate(
        significance, mostLost, certainlyMostLost, OptionalDouble.of(value), mostCalibrationLost);
  }

  /** Sets {@link #mostCalibrationLost()}. */
  public Gate mostCalibrationLost(double value) {
    return new Gate(
        significance, mostLost, certainlyMostLost, mostLostInCategory, OptionalDouble.of(value));
  }

  /**
   * Decides on a candidate.
   *
   * @throws IllegalArgumentException saying how many are needed, if the comparison has too few
   *     resamples for a p-value under {@code significance}
   */
  public Verdict judge(Comparison comparison) {
    // a p-value of k resamples is at least 1 / (k + 1)
    long needed = (long) Math.ceil(1 / significance);
    checkArgument(
        comparison.resamples() >= needed,
        "%s resamples cannot show a significance of %s, at least %s are needed",
        comparison.resamples(),
        significance,
        needed);
    ComparedGroup all = comparison.all();
    List<Check> checks = new ArrayList<>();
    checks.add(significantLoss(all));
    checks.add(loss(all));
    checks.add(logLoss(all));
    certainlyMostLost.ifPresent(most -> checks.add(certainLoss(all, most)));
    mostLostInCategory.ifPresent(
        most ->
            comparison
                .byCategory()
                .forEach(
                    (category, group) ->
                        checks.add(
                            categoryLoss(
                                category.label(), group, comparison.byCategory().size(), most))));
    mostCalibrationLost.ifPresent(most -> checks.add(calibrationLoss(all, most)));
    return new Verdict(checks, all.visibleLoss());
  }

  private Check significantLoss(ComparedGroup all) {
    return check(
        all.lossPValue() >= significance,
        "%d questions are right with the baseline only and %d with the candidate only: the p-value"
            + " of a loss is %s, must be at least %s (exact McNemar test, one-sided).",
        all.onlyBaseline(),
        all.onlyCandidate(),
        Shown.p(all.lossPValue()),
        significance);
  }

  private Check loss(ComparedGroup all) {
    double change = all.figure(Figure.ACCURACY).change();
    return check(
        change >= -mostLost - ROUNDING,
        "The accuracy changes by %+.2f points, must be at least %+.2f.",
        100 * change,
        0 - 100 * mostLost);
  }

  private Check logLoss(ComparedGroup all) {
    Compared loss = all.figure(Figure.LOG_LOSS);
    return check(
        loss.risePValue() >= significance,
        "The log loss changes by %+.4f: the p-value of a rise is %s, must be at least %s (paired"
            + " bootstrap, one-sided).",
        loss.change(),
        Shown.p(loss.risePValue()),
        significance);
  }

  private static Check certainLoss(ComparedGroup all, double most) {
    double low = all.figure(Figure.ACCURACY).difference().estimate().low();
    return check(
        low >= -most - ROUNDING,
        "The accuracy changes by at least %+.2f points (lower end of the interval), must be at"
            + " least %+.2f.",
        100 * low,
        -100 * most);
  }

  private Check categoryLoss(String category, ComparedGroup group, int categories, double most) {
    double change = group.figure(Figure.ACCURACY).change();
    double level = significance / categories;
    return check(
        change >= -most - ROUNDING || group.lossPValue() >= level,
        "%s: the accuracy on %d questions changes by %+.2f points, must be at least %+.2f unless"
            + " the p-value of a loss, %s, is at least %.4f.",
        category,
        group.questions(),
        100 * change,
        -100 * most,
        Shown.p(group.lossPValue()),
        level);
  }

  private static Check calibrationLoss(ComparedGroup all, double most) {
    double change = all.figure(Figure.CALIBRATION_ERROR).change();
    return check(
        change <= most + ROUNDING,
        "The calibration error changes by %+.4f, must be at most %+.4f.",
        change,
        most);
  }

  private static Check check(boolean passed, String text, Object... values) {
    return new Check(passed, String.format(Locale.ROOT, text, values));
  }
}
