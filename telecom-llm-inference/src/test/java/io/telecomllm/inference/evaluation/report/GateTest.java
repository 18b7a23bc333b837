package io.telecomllm.inference.evaluation.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.telecomllm.data.Category;
import io.telecomllm.inference.evaluation.report.ComparedGroup.Compared;
import io.telecomllm.inference.statistics.Bootstrap;
import io.telecomllm.inference.statistics.Difference;
import io.telecomllm.inference.statistics.Estimate;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;

class GateTest {
  private static final Gate GATE = Gate.defaults();

  /** What two answerers on 1,000 questions differ by, one thing at a time. */
  private record Change(
      int lost,
      int gained,
      double accuracy,
      double logLoss,
      double pValue,
      double calibrationError,
      Map<Category, ComparedGroup> categories) {
    static final Change NONE = new Change(0, 0, 0, 0, 1, 0, Map.of());

    Comparison comparison() {
      Map<Figure, Compared> figures = new EnumMap<>(Figure.class);
      figures.put(Figure.ACCURACY, compared(accuracy, 1));
      figures.put(Figure.LOG_LOSS, compared(logLoss, pValue));
      figures.put(Figure.CALIBRATION_ERROR, compared(calibrationError, 1));
      return new Comparison(
          "yesterday",
          "tonight",
          new ComparedGroup(1000, lost, gained, figures),
          categories,
          Optional.empty(),
          2000,
          List.of(),
          List.of());
    }

    private static Compared compared(double change, double pValue) {
      Estimate estimate = new Estimate(change, change - 0.01, change + 0.01, 0.95);
      return new Compared(0.5, 0.5 + change, new Difference(estimate, pValue));
    }
  }

  private static Change accuracy(int lost, int gained) {
    return new Change(lost, gained, (gained - lost) / 1000.0, 0, 1, 0, Map.of());
  }

  private static Change logLoss(double change, double pValue) {
    return new Change(0, 0, 0, change, pValue, 0, Map.of());
  }

  @Test
  void tooFewResamplesForASignificanceAreRefused() {
    Comparison comparison = Change.NONE.comparison();
    assertThat(Gate.defaults().significance(0.0005).judge(comparison).passed()).isTrue();
    assertThatThrownBy(() -> Gate.defaults().significance(0.0004).judge(comparison))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "2000 resamples cannot show a significance of 4.0E-4, at least 2500 are needed");
  }

  @Test
  void twoThatNeverDifferPass() {
    Verdict verdict = GATE.judge(Change.NONE.comparison());
    assertThat(verdict.passed()).isTrue();
    assertThat(verdict.reasons()).isEmpty();
    assertThat(verdict.checks()).hasSize(3);
    assertThat(verdict).hasToString("passed");
    assertThat(verdict.visibleLoss()).isEqualTo(0.005);
  }

  @Test
  void aSignificantLossFails() {
    // 15 of 20: 0.0207; 14 of 20: 0.0577
    assertThat(GATE.judge(accuracy(15, 5).comparison()).reasons())
        .containsExactly(
            "15 questions are right with the baseline only and 5 with the candidate only: the"
                + " p-value of a loss is 0.0207, must be at least 0.05 (exact McNemar test,"
                + " one-sided).");
    assertThat(GATE.judge(accuracy(14, 6).comparison()).passed()).isTrue();
    assertThat(GATE.significance(0.02).judge(accuracy(15, 5).comparison()).passed()).isTrue();
    assertThat(GATE.judge(accuracy(5, 15).comparison()).passed()).isTrue();
  }

  @Test
  void aLargeLossFailsEvenIfItMayBeChance() {
    assertThat(GATE.judge(accuracy(150, 129).comparison()).reasons())
        .containsExactly("The accuracy changes by -2.10 points, must be at least -2.00.");
    assertThat(GATE.judge(accuracy(150, 130).comparison()).passed()).isTrue();
    assertThat(GATE.mostLost(0.03).judge(accuracy(150, 129).comparison()).passed()).isTrue();
    // 0.78 - 0.8 is less than -0.02
    Change rounded = new Change(0, 0, 0.78 - 0.8, 0, 1, 0, Map.of());
    assertThat(GATE.judge(rounded.comparison()).passed()).isTrue();
  }

  @Test
  void aSignificantRiseOfTheLogLossFails() {
    assertThat(GATE.judge(logLoss(0.05, 0.09).comparison()))
        .hasToString(
            "failed: The log loss changes by +0.0500: the p-value of a rise is 0.0450, must be at"
                + " least 0.05 (paired bootstrap, one-sided).");
    assertThat(GATE.judge(logLoss(0.05, 0.11).comparison()).passed()).isTrue();
    assertThat(GATE.judge(logLoss(-0.05, 0.001).comparison()).passed()).isTrue();
  }

  @Test
  void evidenceOfNoLossCanBeAskedFor() {
    Gate strict = GATE.certainlyMostLost(0.01);
    assertThat(strict.judge(Change.NONE.comparison()).passed()).isTrue();
    assertThat(strict.judge(accuracy(2, 1).comparison()).reasons())
        .containsExactly(
            "The accuracy changes by at least -1.10 points (lower end of the interval), must be at"
                + " least -1.00.");
  }

  @Test
  void aCategoryFailsIfItsLossIsLargeAndSignificant() {
    Map<Category, ComparedGroup> categories =
        Map.of(
            Category.LEXICON, Comparisons.of(200, 12, 1, new Bootstrap(100, 0.95, 1)).all(),
            Category.STANDARDS_OVERVIEW, accuracy(0, 0).comparison().all());
    Comparison comparison = new Change(0, 0, 0, 0, 1, 0, categories).comparison();
    assertThat(GATE.judge(comparison).passed()).isTrue();
    Verdict verdict = GATE.mostLostInCategory(0.05).judge(comparison);
    assertThat(verdict.checks()).hasSize(5);
    assertThat(verdict.reasons())
        .containsExactly(
            "Lexicon: the accuracy on 200 questions changes by -5.50 points, must be at least"
                + " -5.00 unless the p-value of a loss, 0.0017, is at least 0.0250.");
    assertThat(GATE.mostLostInCategory(0.06).judge(comparison).passed()).isTrue();
    // 0.0017 is no longer under the level once that is shared by two categories
    assertThat(GATE.significance(0.003).mostLostInCategory(0.05).judge(comparison).passed())
        .isTrue();
  }

  @Test
  void theCalibrationMayBeLimited() {
    Comparison comparison = new Change(0, 0, 0, 0, 1, 0.03, Map.of()).comparison();
    assertThat(GATE.judge(comparison).passed()).isTrue();
    assertThat(GATE.mostCalibrationLost(0.03).judge(comparison).passed()).isTrue();
    assertThat(GATE.mostCalibrationLost(0.02).judge(comparison).reasons())
        .containsExactly("The calibration error changes by +0.0300, must be at most +0.0200.");
  }

  @Test
  void eachSettingChangesOneThing() {
    Gate gate =
        GATE.significance(0.01)
            .mostLost(0.04)
            .certainlyMostLost(0.05)
            .mostLostInCategory(0.06)
            .mostCalibrationLost(0.07);
    assertThat(gate)
        .isEqualTo(
            new Gate(
                0.01,
                0.04,
                OptionalDouble.of(0.05),
                OptionalDouble.of(0.06),
                OptionalDouble.of(0.07)));
  }

  /** Of two equally good answerers, each significant rule fails about one in twenty or fewer. */
  @Test
  void falseAlarmsAreAsRareAsTheySay() {
    int alarms = 0;
    for (int lost = 0; lost <= 20; lost++) {
      boolean passed = GATE.judge(accuracy(lost, 20 - lost).comparison()).passed();
      alarms += passed ? 0 : binomial(lost);
    }
    assertThat(alarms / (double) (1 << 20)).isBetween(0.01, 0.05);
  }

  /** Returns 20 over a number. */
  private static int binomial(int number) {
    long result = 1;
    for (int i = 1; i <= number; i++) {
      result = result * (20 - number + i) / i;
    }
    return (int) result;
  }

  @Test
  void wrongValuesAreNamed() {
    assertThatThrownBy(() -> GATE.significance(0.5))
        .hasMessage("significance is 0.5, must be over 0 and under 0.5");
    assertThatThrownBy(() -> GATE.mostLost(Double.NaN))
        .hasMessage("mostLost is NaN, must be 0 to 1");
    assertThatThrownBy(() -> GATE.certainlyMostLost(-0.1))
        .hasMessage("certainlyMostLost is -0.1, must be 0 to 1");
    assertThatThrownBy(() -> GATE.mostLostInCategory(2))
        .hasMessage("mostLostInCategory is 2.0, must be 0 to 1");
    assertThatThrownBy(() -> GATE.mostCalibrationLost(2))
        .hasMessage("mostCalibrationLost is 2.0, must be 0 to 1");
    assertThatThrownBy(() -> new ComparedGroup(10, 6, 5, Map.of()))
        .hasMessage("6 and 5 of 10 questions");
    assertThatThrownBy(() -> new Verdict(List.of(), 0))
        .hasMessage("checks are empty, expected at least one");
  }
}
