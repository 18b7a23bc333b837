package io.telecomllm.inference.evaluation.report;

import static com.google.common.base.Preconditions.checkArgument;

import io.telecomllm.inference.calibration.ConformalRule;
import io.telecomllm.inference.evaluation.Outcome;
import io.telecomllm.inference.statistics.Bootstrap;
import io.telecomllm.inference.statistics.ClopperPearson;
import io.telecomllm.inference.statistics.Estimate;
import io.telecomllm.inference.statistics.PositionBias;
import io.telecomllm.inference.statistics.QuestionReadings;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * The figures of some questions of an evaluation. Immutable.
 *
 * <p>Intervals of {@link Figure#ACCURACY}, {@link Figure#OWN_ACCURACY}, {@link Figure#COVERAGE},
 * {@link Figure#GIVEN_ACCURACY}, {@link Figure#SET_COVERAGE} and {@link Figure#FLIP_RATE} are those
 * of {@link ClopperPearson}, which have a width even if all answers are right; the others are those
 * of {@link Bootstrap}. The calibration error of few questions is too large, and the interval more
 * so.
 *
 * @param questions the number of questions, at least 1
 * @param ties the number of questions for which the model finds another option exactly as probable
 *     as its best one, so that the order of the options decided
 * @param estimates the figures that are defined on these questions: {@link Figure#AUROC} needs a
 *     right and a wrong choice, {@link Figure#GIVEN_ACCURACY} an answer that is given, the figures
 *     of sets a conformal rule, the last one readings, and {@link Figure#FLIP_RATE} several of some
 *     question
 */
public record GroupFigures(int questions, int ties, Map<Figure, Estimate> estimates) {
  /** Checks the counts and copies the figures. */
  public GroupFigures {
    checkArgument(questions >= 1, "questions is %s, must be at least 1", questions);
    checkArgument(ties >= 0 && ties <= questions, "ties is %s, must be 0 to %s", ties, questions);
    estimates = Groups.inOrder(Figure.class, estimates);
  }

  /** Returns a figure; empty if it is not defined on these questions. */
  public Optional<Estimate> estimate(Figure figure) {
    return Optional.ofNullable(estimates.get(figure));
  }

  /**
   * Computes the figures.
   *
   * @param outcomes at least one
   * @param sets the rule whose sets are measured, if there is one
   * @param bootstrap draws the resamples; its level is that of all intervals
   */
  static GroupFigures of(
      List<Outcome> outcomes, Optional<ConformalRule> sets, Bootstrap bootstrap) {
    List<Measured> sample = Measured.of(outcomes);
    Map<Figure, Estimate> estimates = new EnumMap<>(Figure.class);
    estimates.putAll(bootstrap.estimates(sample, Measured::figures));
    double level = bootstrap.level();
    List<Outcome> given = outcomes.stream().filter(Outcome::given).toList();
    estimates.put(Figure.ACCURACY, share(outcomes, Outcome::right, level));
    estimates.put(Figure.OWN_ACCURACY, share(sample, m -> m.own().right(), level));
    estimates.put(Figure.COVERAGE, share(outcomes, Outcome::given, level));
    if (!given.isEmpty()) {
      estimates.put(Figure.GIVEN_ACCURACY, share(given, Outcome::right, level));
    }
    sets.ifPresent(rule -> estimates.putAll(ofSets(sample, rule, bootstrap)));
    estimates.putAll(ofReadings(outcomes, bootstrap));
    int ties = (int) sample.stream().filter(m -> m.own().probabilities().margin() == 0).count();
    return new GroupFigures(outcomes.size(), ties, estimates);
  }

  private static Map<Figure, Estimate> ofSets(
      List<Measured> sample, ConformalRule rule, Bootstrap bootstrap) {
    return Map.of(
        Figure.SET_COVERAGE,
        share(
            sample,
            m -> rule.set(m.forecast().probabilities()).contains(m.forecast().answer()),
            bootstrap.level()),
        Figure.SET_SIZE,
        bootstrap.estimate(
            Measured.each(sample, m -> rule.set(m.forecast().probabilities()).size()),
            sizes -> sizes.stream().mapToInt(size -> size).average().orElseThrow()));
  }

  private static Map<Figure, Estimate> ofReadings(List<Outcome> outcomes, Bootstrap bootstrap) {
    List<QuestionReadings> read =
        outcomes.stream().flatMap(outcome -> outcome.readings().stream()).toList();
    Map<Figure, Estimate> estimates = new EnumMap<>(Figure.class);
    if (!read.isEmpty()) {
      PositionBias bias = PositionBias.of(read);
      estimates.put(
          Figure.RECALL_DEVIATION,
          bootstrap.estimate(read, drawn -> PositionBias.of(drawn).recallDeviation()));
      if (bias.repeated() > 0) {
        estimates.put(
            Figure.FLIP_RATE,
            ClopperPearson.interval(bias.flipped(), bias.repeated(), bootstrap.level()));
      }
    }
    return estimates;
  }

  private static <T> Estimate share(List<T> all, Predicate<T> good, double level) {
    return ClopperPearson.interval((int) all.stream().filter(good).count(), all.size(), level);
  }
}
