package io.telecomllm.inference.evaluation.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.telecomllm.data.Question;
import io.telecomllm.inference.evaluation.Evaluation;
import io.telecomllm.inference.evaluation.Outcome;
import io.telecomllm.inference.evaluation.report.ComparedGroup.Compared;
import io.telecomllm.inference.evaluation.report.Comparison.Named;
import io.telecomllm.inference.statistics.Bootstrap;
import io.telecomllm.inference.statistics.Figures;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ComparisonTest {
  private static final Bootstrap BOOTSTRAP = new Bootstrap(300, 0.9, 7);

  @Test
  void mcNemarIsThatOfScipy() {
    ComparedGroup group = Comparisons.of(1000, 15, 5, BOOTSTRAP).all();
    assertThat(group.questions()).isEqualTo(1000);
    assertThat(group.onlyBaseline()).isEqualTo(15);
    assertThat(group.onlyCandidate()).isEqualTo(5);
    // scipy.stats.binomtest(15, 20), .pvalue; the same with alternative="greater"
    assertThat(group.pValue()).isCloseTo(0.04138946533203125, within(1e-15));
    assertThat(group.lossPValue()).isCloseTo(0.020694732666015625, within(1e-15));
    assertThat(group.figure(Figure.ACCURACY).change()).isCloseTo(-0.01, within(1e-12));
    ComparedGroup better = Comparisons.of(1000, 5, 15, BOOTSTRAP).all();
    assertThat(better.pValue()).isEqualTo(group.pValue());
    // scipy.stats.binomtest(5, 20, alternative="greater").pvalue
    assertThat(better.lossPValue()).isCloseTo(0.994091033935547, within(1e-12));
    assertThat(Comparisons.of(10, 0, 0, BOOTSTRAP).all().lossPValue()).isEqualTo(1);
  }

  @Test
  void differencesAreThoseOfThePairedBootstrap() {
    Evaluation before = Outcomes.evaluation(150, 1, 1.5);
    Evaluation after = Outcomes.evaluation(150, 2, 1.2);
    Comparison comparison = Comparison.of(new Named("a", before), new Named("b", after), BOOTSTRAP);
    ComparedGroup all = comparison.all();
    assertThat(all.figures().keySet())
        .containsExactly(Figure.ACCURACY, Figure.AURC, Figure.CALIBRATION_ERROR, Figure.LOG_LOSS);
    List<Outcome> first = before.outcomes();
    List<Outcome> second = after.outcomes();
    Compared loss = all.figure(Figure.LOG_LOSS);
    assertThat(loss.difference())
        .isEqualTo(
            BOOTSTRAP.difference(
                second,
                first,
                sample -> Figures.logLoss(sample.stream().map(Outcome::forecast).toList())));
    assertThat(loss.baseline())
        .isEqualTo(Figures.logLoss(first.stream().map(Outcome::forecast).toList()));
    assertThat(loss.candidate())
        .isEqualTo(Figures.logLoss(second.stream().map(Outcome::forecast).toList()));
    assertThat(all.figure(Figure.AURC).difference())
        .isEqualTo(
            BOOTSTRAP.difference(
                second,
                first,
                sample -> Figures.aurc(sample.stream().map(Outcome::graded).toList())));
    assertThat(all.figure(Figure.CALIBRATION_ERROR).difference())
        .isEqualTo(
            BOOTSTRAP.difference(
                second,
                first,
                sample ->
                    Figures.expectedCalibrationError(
                        sample.stream().map(Outcome::graded).toList())));
    assertThat(comparison.lost()).hasSize(all.onlyBaseline());
    assertThat(comparison.gained()).hasSize(all.onlyCandidate());
    assertThat(comparison.byCategory().values().stream().mapToInt(ComparedGroup::questions).sum())
        .isEqualTo(150);
    assertThat(
            comparison.byCategory().values().stream().mapToInt(ComparedGroup::onlyBaseline).sum())
        .isEqualTo(all.onlyBaseline());
    assertThat(comparison.beyondHeuristic().orElseThrow().questions())
        .isEqualTo(before.beyondHeuristic().count());
  }

  @Test
  void aRiseIsOneSided() {
    Comparison worse = Comparisons.of(200, 30, 0, BOOTSTRAP);
    Comparison better = Comparisons.of(200, 0, 30, BOOTSTRAP);
    Compared rise = worse.all().figure(Figure.LOG_LOSS);
    Compared fall = better.all().figure(Figure.LOG_LOSS);
    assertThat(rise.change()).isPositive();
    assertThat(rise.risePValue()).isEqualTo(rise.difference().pValue() / 2).isLessThan(0.01);
    assertThat(fall.risePValue()).isGreaterThan(0.99);
    assertThat(Comparisons.of(200, 0, 0, BOOTSTRAP).all().figure(Figure.LOG_LOSS).risePValue())
        .isEqualTo(0.5);
    assertThatThrownBy(() -> worse.all().figure(Figure.BRIER))
        .hasMessageStartingWith("BRIER is not compared, only [ACCURACY, ");
  }

  /** The share of losses that are seen, summed over the binomial distribution. */
  @Test
  void aVisibleLossIsSeenWithFourFifths() {
    for (int differing : List.of(30, 80, 150, 340)) {
      ComparedGroup group = new ComparedGroup(1000, differing, 0, Map.of());
      double share = 0.5 + group.visibleLoss() * 1000 / differing / 2;
      double seen = 0;
      for (int lost = 0; lost <= differing; lost++) {
        if (new ComparedGroup(1000, lost, differing - lost, Map.of()).lossPValue() < 0.05) {
          seen += binomial(differing, lost, share);
        }
      }
      assertThat(seen).as("%s differ", differing).isBetween(0.74, 0.86);
    }
    assertThat(new ComparedGroup(1000, 100, 50, Map.of()).visibleLoss())
        .isCloseTo(0.0305, within(5e-5));
    assertThat(new ComparedGroup(100, 0, 0, Map.of()).visibleLoss()).isEqualTo(0.05);
  }

  private static double binomial(int count, int good, double share) {
    double log = good * Math.log(share) + (count - good) * Math.log1p(-share);
    for (int i = 1; i <= good; i++) {
      log += Math.log((double) (count - good + i) / i);
    }
    return Math.exp(log);
  }

  @Test
  void otherQuestionsAreRefused() {
    Evaluation four = Comparisons.evaluation(4, 0, 4);
    Evaluation three = new Evaluation(four.outcomes().subList(0, 3), 1);
    assertThatThrownBy(() -> compare(four, three))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("the baseline has 4 questions and the candidate 3, must be the same ones");
    Evaluation later = new Evaluation(four.outcomes().subList(1, 4), 1);
    assertThatThrownBy(() -> compare(four, later))
        .hasMessage(
            "outcome 0 is 'q0' of the baseline and 'q1' of the candidate, must be the same"
                + " question");
    Outcome other = Outcomes.of(Question.of("q0", "?", List.of("aa", "b"), 1), 0.5, 0.5);
    assertThatThrownBy(() -> compare(four, new Evaluation(List.of(other), 1)))
        .hasMessage(
            "outcome 0, 'q0', has another text, category, or other options in the two"
                + " evaluations");
  }

  private static Comparison compare(Evaluation baseline, Evaluation candidate) {
    return Comparison.of(new Named("a", baseline), new Named("b", candidate), BOOTSTRAP);
  }
}
