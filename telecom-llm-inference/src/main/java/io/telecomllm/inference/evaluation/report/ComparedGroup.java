package io.telecomllm.inference.evaluation.report;

import static com.google.common.base.Preconditions.checkArgument;
import static java.util.Objects.requireNonNull;

import io.telecomllm.inference.evaluation.Outcome;
import io.telecomllm.inference.statistics.Bootstrap;
import io.telecomllm.inference.statistics.ClopperPearson;
import io.telecomllm.inference.statistics.Difference;
import io.telecomllm.inference.statistics.McNemar;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * Two answerers on some questions: the baseline and the candidate that may take its place.
 * Immutable.
 *
 * @param questions the number of questions, at least 1
 * @param onlyBaseline the number that only the baseline got right
 * @param onlyCandidate the number that only the candidate got right
 * @param figures {@link Figure#ACCURACY}, {@link Figure#AURC}, {@link Figure#CALIBRATION_ERROR} and
 *     {@link Figure#LOG_LOSS} of both
 */
public record ComparedGroup(
    int questions, int onlyBaseline, int onlyCandidate, Map<Figure, Compared> figures) {
  // quantiles of the normal distribution at 95 % and 80 %
  private static final double SURE_AND_SEEN = 1.6449 + 0.8416;

  // the fewest questions that are significant alone, 0.5 to the power of 5 being under 0.05
  private static final int FEWEST_SIGNIFICANT = 5;

  /** Checks the counts and copies the figures. */
  public ComparedGroup {
    checkArgument(questions >= 1, "questions is %s, must be at least 1", questions);
    checkArgument(
        onlyBaseline >= 0 && onlyCandidate >= 0 && (long) onlyBaseline + onlyCandidate <= questions,
        "%s and %s of %s questions",
        onlyBaseline,
        onlyCandidate,
        questions);
    figures = Groups.inOrder(Figure.class, figures);
  }

  /**
   * A figure of two answerers.
   *
   * @param baseline that of the baseline
   * @param candidate that of the candidate
   * @param difference the candidate's less the baseline's, by a paired bootstrap
   */
  public record Compared(double baseline, double candidate, Difference difference) {
    /** Checks that there is a difference. */
    public Compared {
      requireNonNull(difference, "difference is null");
    }

    /** Returns the candidate's figure less the baseline's. */
    public double change() {
      return difference.estimate().value();
    }

    /**
     * Returns the one-sided p-value of "the figure did not rise", at least 0.5 if it did not rise.
     */
    public double risePValue() {
      return change() > 0 ? difference.pValue() / 2 : 1 - difference.pValue() / 2;
    }
  }

  /** Returns a compared figure. */
  public Compared figure(Figure figure) {
    Compared compared = figures.get(figure);
    checkArgument(compared != null, "%s is not compared, only %s", figure, figures.keySet());
    return requireNonNull(compared);
  }

  /** Returns the exact two-sided p-value of "both get the same number right" ({@link McNemar}). */
  public double pValue() {
    return new McNemar(onlyCandidate, onlyBaseline).pValue();
  }

  /**
   * Returns the exact one-sided p-value of "the candidate is not worse": how probable it is that at
   * least this many of the questions on which they differ go to the baseline, if each goes to
   * either with one half. It is 1 if they never differ.
   */
  public double lossPValue() {
    return ClopperPearson.pValue(onlyBaseline, onlyBaseline + onlyCandidate, 0.5);
  }

  /**
   * Returns about the smallest loss of accuracy that {@link #lossPValue} would show at 0.05 with a
   * probability of 80 %, if as many questions tell the two apart as do here: 0.030 for 150 of 1,000
   * questions (Connor 1987, simplified), and 1 if none would. A smaller loss is likely to go
   * unseen.
   */
  public double visibleLoss() {
    double differing = (double) onlyBaseline + onlyCandidate;
    double seen = Math.max(FEWEST_SIGNIFICANT, SURE_AND_SEEN * Math.sqrt(differing));
    return Math.min(1, seen / questions);
  }

  /** Compares two answerers on the questions of a group, at least one. */
  static ComparedGroup of(List<Paired> pairs, Bootstrap bootstrap) {
    List<Measured> baseline = pairs.stream().map(p -> Measured.of(p.baseline())).toList();
    List<Measured> candidate = pairs.stream().map(p -> Measured.of(p.candidate())).toList();
    Map<Figure, Double> after = Measured.compared(candidate);
    Map<Figure, Difference> differences =
        bootstrap.differences(candidate, baseline, Measured::compared);
    Map<Figure, Compared> figures = new EnumMap<>(Figure.class);
    Measured.compared(baseline)
        .forEach(
            (figure, before) ->
                figures.put(
                    figure,
                    new Compared(
                        before,
                        requireNonNull(after.get(figure)),
                        requireNonNull(differences.get(figure)))));
    McNemar differing =
        McNemar.of(
            Measured.each(baseline, Measured::confidence),
            Measured.each(candidate, Measured::confidence));
    return new ComparedGroup(pairs.size(), differing.onlyFirst(), differing.onlySecond(), figures);
  }

  /** A question as both answered it. */
  record Paired(Outcome baseline, Outcome candidate) {}
}
