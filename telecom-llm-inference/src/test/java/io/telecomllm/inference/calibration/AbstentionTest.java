package io.telecomllm.inference.calibration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.telecomllm.inference.statistics.Forecast;
import io.telecomllm.inference.statistics.Goldens;
import io.telecomllm.inference.statistics.GradedAnswer;
import io.telecomllm.inference.statistics.OptionProbabilities;
import io.telecomllm.json.JsonView;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.OptionalDouble;
import java.util.Random;
import java.util.function.DoubleUnaryOperator;
import org.junit.jupiter.api.Test;

/** The rules against MAPIE, and their promises in simulations. */
class AbstentionTest {
  private static final int RESAMPLES = 2000;

  private static CalibratedAnswer answer(double confidence) {
    return new CalibratedAnswer(0, confidence, OptionProbabilities.of(0.7, 0.3));
  }

  @Test
  void aThresholdIncludesItself() {
    assertThat(new ThresholdRule(0.8).answers(answer(0.8))).isTrue();
    assertThat(new ThresholdRule(0.8).answers(answer(Math.nextDown(0.8)))).isFalse();
    assertThat(new ThresholdRule(0).answers(answer(0))).isTrue();
    assertThat(new ThresholdRule(1).answers(answer(1))).isTrue();
    assertThatThrownBy(() -> new ThresholdRule(Double.NaN))
        .hasMessage("threshold is NaN, must be 0 to 1");
  }

  @Test
  void theThresholdForATargetIsThatOfMapiesFixedSequence() {
    List<JsonView> cases = Goldens.read().objects("target");
    assertThat(cases).hasSize(4);
    for (JsonView one : cases) {
      TargetAccuracyRule rule =
          TargetAccuracyRule.fit(Goldens.graded(one), one.number("target"), one.number("level"));
      assertThat(rule.threshold()).isEqualTo(one.optionalNumber("threshold"));
    }
  }

  @Test
  void theFirstFailureEndsTheSequence() {
    List<GradedAnswer> answers = new ArrayList<>();
    addAll(answers, 100, 0.9, 100);
    addAll(answers, 30, 0.7, 0);
    addAll(answers, 1000, 0.5, 1000);
    // all 1130 pass as well, but the 130 answers from 0.7 do not
    TargetAccuracyRule rule = TargetAccuracyRule.fit(answers, 0.9, 0.95);
    assertThat(rule.threshold()).hasValue(0.71);
    assertThat(rule.answers(answer(0.71))).isTrue();
    assertThat(rule.answers(answer(0.7))).isFalse();
  }

  @Test
  void oneMistakeAmongTheFirstAnswersDoesNotEndTheSequence() {
    List<GradedAnswer> answers = new ArrayList<>();
    addAll(answers, 30, 1, 29);
    addAll(answers, 370, 0.9, 370);
    assertThat(TargetAccuracyRule.fit(answers, 0.9, 0.95).threshold()).hasValue(0);
    // a quarter of 120 is fewer than three times 29
    assertThat(TargetAccuracyRule.fit(answers.subList(0, 120), 0.9, 0.95).threshold()).isEmpty();
    assertThat(TargetAccuracyRule.fit(answers.subList(0, 124), 0.9, 0.95).threshold()).hasValue(0);
  }

  private static void addAll(List<GradedAnswer> answers, int count, double confidence, int right) {
    for (int i = 0; i < count; i++) {
      answers.add(new GradedAnswer(confidence, i < right));
    }
  }

  @Test
  void whereNoThresholdKeepsThePromiseNothingIsAnswered() {
    List<GradedAnswer> answers = new ArrayList<>();
    addAll(answers, 100, 1, 80);
    TargetAccuracyRule rule = TargetAccuracyRule.fit(answers, 0.9, 0.95);
    assertThat(rule).isEqualTo(new TargetAccuracyRule(OptionalDouble.empty(), 0.9, 0.95));
    assertThat(rule.answers(answer(1))).isFalse();
  }

  @Test
  void tooFewAnswersForATargetSayHowManyAreNeeded() {
    List<GradedAnswer> answers = new ArrayList<>();
    addAll(answers, 28, 1, 28);
    assertThatThrownBy(() -> TargetAccuracyRule.fit(answers, 0.9, 0.95))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "28 questions cannot show an accuracy of 0.9 at the level 0.95, at least 29 are"
                + " needed");
    answers.add(new GradedAnswer(1, true));
    assertThat(TargetAccuracyRule.fit(answers, 0.9, 0.95).threshold()).hasValue(0);
    assertThatThrownBy(() -> TargetAccuracyRule.fit(List.of(), 0.9, 0.95))
        .hasMessageContaining("0 questions cannot");
    assertThatThrownBy(() -> TargetAccuracyRule.fit(answers, 1, 0.95))
        .hasMessage("target is 1.0, must be over 0 and under 1");
    assertThatThrownBy(() -> TargetAccuracyRule.fit(answers, 0.9, 0))
        .hasMessage("level is 0.0, must be over 0 and under 1");
  }

  /** Fits on uniform confidences, and counts the thresholds whose true accuracy is too low. */
  private static double broken(
      DoubleUnaryOperator rightAt, DoubleUnaryOperator accuracyFrom, double target) {
    Random random = new Random(7);
    int broken = 0;
    for (int resample = 0; resample < RESAMPLES; resample++) {
      List<GradedAnswer> answers = new ArrayList<>();
      for (int i = 0; i < 150; i++) {
        double confidence = random.nextDouble();
        boolean right = random.nextDouble() < rightAt.applyAsDouble(confidence);
        answers.add(new GradedAnswer(confidence, right));
      }
      OptionalDouble threshold = TargetAccuracyRule.fit(answers, target, 0.95).threshold();
      broken +=
          threshold.isPresent() && accuracyFrom.applyAsDouble(threshold.getAsDouble()) < target
              ? 1
              : 0;
    }
    return broken / (double) RESAMPLES;
  }

  /** 0.05 and three standard deviations of the simulation's own noise. */
  private static final double MOST_BROKEN = 0.05 + 3 * Math.sqrt(0.05 * 0.95 / RESAMPLES);

  @Test
  void thePromiseOfATargetIsKept() {
    // calibrated confidences: a confidence c is right with the probability c
    assertThat(broken(c -> c, t -> (1 + t) / 2, 0.8)).isBetween(0.001, MOST_BROKEN);
    // confidences that say nothing, and an accuracy just too low: each threshold is a mistake
    assertThat(broken(c -> 0.799, t -> 0.799, 0.8)).isBetween(0.001, MOST_BROKEN);
    // steps
    assertThat(broken(c -> c < 0.5 ? 0.5 : 0.95, AbstentionTest::stepped, 0.9))
        .isBetween(0.001, MOST_BROKEN);
  }

  private static double stepped(double threshold) {
    return threshold >= 0.5 ? 0.95 : (0.5 * 0.95 + (0.5 - threshold) * 0.5) / (1 - threshold);
  }

  /** The accuracy falls at the top: the proof does not cover it, the promise holds nevertheless. */
  @Test
  void thePromiseHoldsWhereTheSurestAnswersAreWrong() {
    assertThat(broken(c -> c < 0.9 ? 0.82 : 0.6, AbstentionTest::fallen, 0.8))
        .isLessThanOrEqualTo(MOST_BROKEN);
  }

  private static double fallen(double threshold) {
    return threshold >= 0.9 ? 0.6 : (0.1 * 0.6 + (0.9 - threshold) * 0.82) / (1 - threshold);
  }

  @Test
  void conformalSetsAreThoseOfMapie() {
    List<JsonView> cases = Goldens.read().objects("conformal");
    assertThat(cases).hasSize(3);
    for (JsonView one : cases) {
      ConformalRule rule = ConformalRule.fit(Goldens.forecasts(one), one.number("error"));
      List<OptionProbabilities> asked = Goldens.probabilities(one, "asked");
      List<?> sets = one.list("sets");
      assertThat(sets).hasSameSizeAs(asked);
      for (int i = 0; i < sets.size(); i++) {
        List<Integer> expected =
            ((List<?>) sets.get(i)).stream().map(o -> ((Number) o).intValue()).toList();
        assertThat(rule.set(asked.get(i))).isEqualTo(expected);
        CalibratedAnswer given = new CalibratedAnswer(asked.get(i).best(), 0.5, asked.get(i));
        assertThat(rule.answers(given)).isEqualTo(expected.size() == 1);
      }
    }
  }

  private static Forecast forecast(Random random) {
    double[] logits = random.doubles(4, -2, 2).toArray();
    int answer = random.nextInt(4);
    logits[answer] += 1;
    double sum = 0;
    for (double logit : logits) {
      sum += Math.exp(logit);
    }
    double all = sum;
    return new Forecast(
        OptionProbabilities.of(Arrays.stream(logits).map(l -> Math.exp(l) / all).toArray()),
        answer);
  }

  /** The mean coverage of split conformal sets is k / (n + 1) exactly where no scores are equal. */
  @Test
  void conformalSetsCoverAsOftenAsTheySay() {
    Random random = new Random(11);
    int questions = 50;
    int asked = 20;
    int covered = 0;
    for (int resample = 0; resample < RESAMPLES; resample++) {
      List<Forecast> forecasts = new ArrayList<>();
      for (int i = 0; i < questions; i++) {
        forecasts.add(forecast(random));
      }
      ConformalRule rule = ConformalRule.fit(forecasts, 0.1);
      for (int i = 0; i < asked; i++) {
        Forecast other = forecast(random);
        covered += rule.set(other.probabilities()).contains(other.answer()) ? 1 : 0;
      }
    }
    double coverage = covered / (double) (RESAMPLES * asked);
    assertThat(coverage).isBetween(0.9 - 0.006, 0.9 + 1.0 / (questions + 1) + 0.006);
    assertThat(coverage).isCloseTo(46.0 / 51, within(0.006));
  }

  @Test
  void tooFewQuestionsForASetSayHowManyAreNeeded() {
    Forecast forecast = new Forecast(OptionProbabilities.of(0.6, 0.4), 0);
    for (double error : new double[] {0.05, 0.1, 0.2, 0.3, 0.5, 0.7, 0.01}) {
      int needed = (int) Math.ceil(1 / error - 1 - 1e-9);
      assertThat(ConformalRule.fit(Collections.nCopies(needed, forecast), error).quantile())
          .isEqualTo(0.4);
      assertThatThrownBy(() -> ConformalRule.fit(Collections.nCopies(needed - 1, forecast), error))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage(
              "%s questions are too few for an error of %s, at least %s are needed",
              needed - 1, error, needed);
    }
    assertThatThrownBy(() -> ConformalRule.fit(List.of(forecast), 1))
        .hasMessage("error is 1.0, must be over 0 and under 1");
    assertThatThrownBy(() -> new ConformalRule(Double.NaN, 0.1))
        .hasMessage("quantile is NaN, must be 0 to 1");
  }

  @Test
  void equalOptionsAreBothInTheSetOrNeither() {
    assertThat(new ConformalRule(0.5, 0.1).set(OptionProbabilities.of(0.5, 0.5)))
        .containsExactly(0, 1);
    assertThat(new ConformalRule(0.4, 0.1).set(OptionProbabilities.of(0.5, 0.5))).isEmpty();
    assertThat(new ConformalRule(0, 0.1).set(OptionProbabilities.of(0, 1))).containsExactly(1);
    assertThat(new ConformalRule(1, 0.1).set(OptionProbabilities.of(0, 1))).containsExactly(0, 1);
    CalibratedAnswer halves = new CalibratedAnswer(0, 1, OptionProbabilities.of(0.5, 0.5));
    assertThat(new ConformalRule(0.5, 0.1).answers(halves)).isFalse();
    assertThat(new ConformalRule(0.4, 0.1).answers(halves)).isFalse();
  }
}
