package io.telecomllm.inference.evaluation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.telecomllm.data.Category;
import io.telecomllm.data.Question;
import io.telecomllm.inference.TelecomAnswerer;
import io.telecomllm.inference.calibration.CalibratedAnswer;
import io.telecomllm.inference.calibration.CalibrationQuestion;
import io.telecomllm.inference.calibration.ConformalRule;
import io.telecomllm.inference.calibration.Evidence;
import io.telecomllm.inference.calibration.LogisticCalibration;
import io.telecomllm.inference.calibration.SavedCalibration;
import io.telecomllm.inference.calibration.TargetAccuracyRule;
import io.telecomllm.inference.calibration.TemperatureCalibration;
import io.telecomllm.inference.calibration.ThresholdRule;
import io.telecomllm.inference.statistics.Figures;
import io.telecomllm.inference.statistics.OptionProbabilities;
import io.telecomllm.model.LanguageModel;
import io.telecomllm.testing.TinyModel;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What is fitted on which questions. */
class CalibratorTest {
  private static LanguageModel model;
  private static TelecomAnswerer answerer;

  @BeforeAll
  static void load() {
    model = TinyModel.load(600);
    answerer = TelecomAnswerer.on(model).prompt(TinyModel.prompt()).build();
  }

  @AfterAll
  static void close() {
    answerer.close();
    model.close();
  }

  /** Outcomes that are too sure: 0.9 and 0.7 where 0.75 and 0.55 are right. */
  private static Evaluation tooSure(int count) {
    Random random = new Random(3);
    List<Outcome> outcomes = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      double sure = i % 2 == 0 ? 0.9 : 0.7;
      boolean right = random.nextDouble() < sure - 0.15;
      OptionProbabilities own = OptionProbabilities.of(1 - sure, sure);
      Evidence evidence = Evidence.of(own).with(Evidence.RETRIEVAL, random.nextInt(5));
      Question question =
          new Question("q" + i, "What?", List.of("a", "b"), right ? 1 : 0, "", Category.LEXICON);
      outcomes.add(new Outcome(question, CalibratedAnswer.own(own), evidence, Optional.empty()));
    }
    return new Evaluation(outcomes, 1);
  }

  private static List<CalibrationQuestion> known(Evaluation evaluation) {
    return evaluation.outcomes().stream().map(Outcome::calibrationQuestion).toList();
  }

  @Test
  void allQuestionsGoIntoACalibrationWithoutAPromise() {
    Evaluation evaluation = tooSure(300);
    SavedCalibration saved = Calibrator.on(answerer).fit(evaluation);
    double temperature = ((TemperatureCalibration) saved.calibration()).temperature();
    double all = TemperatureCalibration.fit(known(evaluation)).temperature();
    assertThat(temperature).isCloseTo(all, within(1e-9));
    assertThat(temperature).isGreaterThan(1.3);
    assertThat(saved.abstention()).isEmpty();
    assertThat(saved.questions()).isEqualTo(300);
    assertThat(saved.belongsTo()).isEqualTo(answerer.calibratedFor());

    SavedCalibration fixed = Calibrator.on(answerer).threshold(0.6).fit(evaluation);
    assertThat(fixed.abstention()).contains(new ThresholdRule(0.6));
    assertThat(fixed.questions()).isEqualTo(300);

    SavedCalibration logistic =
        Calibrator.on(answerer).logistic(Evidence.MARGIN, Evidence.RETRIEVAL).fit(evaluation);
    assertThat(((LogisticCalibration) logistic.calibration()).features())
        .extracting(LogisticCalibration.Feature::name)
        .containsExactly(Evidence.MARGIN, Evidence.RETRIEVAL);
  }

  @Test
  void aPromiseTakesHalfOfTheQuestions() {
    Evaluation evaluation = tooSure(801);
    Calibrator target = Calibrator.on(answerer).targetAccuracy(0.65, 0.9);
    SavedCalibration saved = target.fit(evaluation);
    assertThat(saved.questions()).isEqualTo(401);
    TargetAccuracyRule rule = (TargetAccuracyRule) saved.abstention().orElseThrow();
    assertThat(rule.target()).isEqualTo(0.65);
    assertThat(rule.level()).isEqualTo(0.9);
    // it answers what is right in three of four cases, and not what is in just over half
    assertThat(rule.threshold().orElseThrow()).isBetween(0.6, 0.8);
    assertThat(target.fit(evaluation)).isEqualTo(saved);
    assertThat(target.seed(1).fit(evaluation)).isNotEqualTo(saved);

    ConformalRule sets =
        (ConformalRule)
            Calibrator.on(answerer).conformal(0.2).fit(evaluation).abstention().orElseThrow();
    assertThat(sets.error()).isEqualTo(0.2);
  }

  @Test
  void confidencesMeanWhatTheySay() {
    Evaluation evaluation = tooSure(4000);
    SavedCalibration saved =
        Calibrator.on(answerer).fit(new Evaluation(evaluation.outcomes().subList(0, 2000), 1));
    List<Outcome> others = evaluation.outcomes().subList(2000, 4000);
    double before = Figures.expectedCalibrationError(others.stream().map(Outcome::graded).toList());
    Evaluation calibrated =
        new Evaluation(others, 1).with(saved.calibration(), Optional.of(new ThresholdRule(0.65)));
    double after =
        Figures.expectedCalibrationError(
            calibrated.outcomes().stream().map(Outcome::graded).toList());
    assertThat(before).isGreaterThan(0.12);
    assertThat(after).isLessThan(0.05);
    for (Outcome outcome : calibrated.outcomes()) {
      assertThat(outcome.given()).isEqualTo(outcome.choice().confidence() >= 0.65);
    }
    assertThat(calibrated.outcomes()).anyMatch(Outcome::given).anyMatch(o -> !o.given());
  }

  @Test
  void wrongPromisesAreRefusedAtOnce() {
    Calibrator calibrator = Calibrator.on(answerer);
    assertThatThrownBy(() -> calibrator.targetAccuracy(2, 0.9)).hasMessageContaining("target is 2");
    assertThatThrownBy(() -> calibrator.targetAccuracy(0.8, 1)).hasMessageContaining("level is 1");
    assertThatThrownBy(() -> calibrator.conformal(0)).hasMessageContaining("error is 0");
    assertThatThrownBy(() -> calibrator.threshold(Double.NaN))
        .hasMessageContaining("threshold is NaN");
  }

  @Test
  void whatIsLackingIsSaid() {
    assertThatThrownBy(() -> Calibrator.on(answerer).targetAccuracy(0.95, 0.95).fit(tooSure(60)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "30 questions cannot show an accuracy of 0.95 at the level 0.95, at least 59 are"
                + " needed");
    assertThatThrownBy(() -> Calibrator.on(answerer).conformal(0.01).fit(tooSure(60)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("at least 99 are needed");
    List<Outcome> right = tooSure(100).outcomes().stream().filter(Outcome::right).toList();
    assertThatThrownBy(() -> Calibrator.on(answerer).fit(new Evaluation(right, 1)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("add questions that are answered wrongly");
    assertThatThrownBy(() -> Calibrator.on(answerer).conformal(0.5).fit(tooSure(1)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("1 questions are too few, at least 2 are needed");
  }
}
