package io.telecomllm.inference.calibration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.telecomllm.inference.statistics.Figures;
import io.telecomllm.inference.statistics.Forecast;
import io.telecomllm.inference.statistics.Goldens;
import io.telecomllm.inference.statistics.OptionProbabilities;
import io.telecomllm.json.JsonView;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.DoubleRange;
import org.junit.jupiter.api.Test;

class TemperatureCalibrationTest {
  private static CalibrationQuestion question(int answer, double... probabilities) {
    return new CalibrationQuestion(evidence(probabilities), answer);
  }

  private static Evidence evidence(double... probabilities) {
    return Evidence.of(OptionProbabilities.of(probabilities));
  }

  private static List<CalibrationQuestion> questions(List<Forecast> forecasts) {
    return forecasts.stream()
        .map(f -> new CalibrationQuestion(Evidence.of(f.probabilities()), f.answer()))
        .toList();
  }

  @Test
  void theTemperatureIsThatOfARootFinder() {
    List<JsonView> cases = Goldens.read().objects("temperature");
    assertThat(cases).hasSize(4);
    for (JsonView one : cases) {
      List<CalibrationQuestion> questions = questions(Goldens.forecasts(one));
      double expected = one.number("temperature");
      assertThat(TemperatureCalibration.fit(questions).temperature() / expected)
          .isCloseTo(1, within(1e-10));
      List<CalibrationQuestion> shuffled = new ArrayList<>(questions);
      Collections.shuffle(shuffled, new Random(1));
      assertThat(TemperatureCalibration.fit(shuffled).temperature() / expected)
          .isCloseTo(1, within(1e-10));
    }
  }

  private static double loss(List<CalibrationQuestion> questions, double temperature) {
    TemperatureCalibration calibration = new TemperatureCalibration(temperature);
    return Figures.logLoss(
        questions.stream()
            .map(q -> calibration.calibrate(q.evidence()).forecast(q.answer()))
            .toList());
  }

  @Test
  void noTemperatureNearbyHasALowerLoss() {
    for (JsonView one : Goldens.read().objects("temperature")) {
      List<CalibrationQuestion> questions = questions(Goldens.forecasts(one));
      double found = TemperatureCalibration.fit(questions).temperature();
      double least = loss(questions, found);
      assertThat(least).isLessThan(loss(questions, 1));
      for (double factor : new double[] {0.5, 0.9, 0.999, 1.001, 1.1, 2}) {
        assertThat(loss(questions, found * factor)).isGreaterThan(least);
      }
    }
  }

  /** Of ten sure answers seven are right: T turns 0.9 into 0.7. */
  @Test
  void theMeanConfidenceOfEqualAnswersBecomesTheirAccuracy() {
    List<CalibrationQuestion> questions = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      questions.add(question(i < 7 ? 0 : 1, 0.9, 0.1));
    }
    TemperatureCalibration calibration = TemperatureCalibration.fit(questions);
    assertThat(calibration.temperature()).isCloseTo(Math.log(9) / Math.log(7 / 3.0), within(1e-9));
    assertThat(calibration.calibrate(evidence(0.9, 0.1)).confidence()).isCloseTo(0.7, within(1e-9));
  }

  @Test
  void zeroAndOneHaveATemperatureToo() {
    List<CalibrationQuestion> questions = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      questions.add(question(i < 8 ? 1 : 0, 0, 1, 0));
    }
    TemperatureCalibration calibration = TemperatureCalibration.fit(questions);
    CalibratedAnswer answer = calibration.calibrate(evidence(0, 1, 0));
    assertThat(answer.option()).isEqualTo(1);
    assertThat(answer.confidence()).isCloseTo(0.8, within(1e-9));
    assertThat(answer.probabilities().values().get(2)).isCloseTo(0.1, within(1e-9));
  }

  @Test
  void equalOptionsNeedNoTemperature() {
    assertThat(TemperatureCalibration.fit(List.of(question(1, 0.5, 0.5))).temperature())
        .isEqualTo(1);
  }

  @Test
  void whatNoTemperatureCalibratesIsNamed() {
    assertThatThrownBy(() -> TemperatureCalibration.fit(List.of()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("there are no questions, expected at least one");
    assertThatThrownBy(
            () -> TemperatureCalibration.fit(List.of(question(0, 0.9, 0.1), question(1, 0.4, 0.6))))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "no temperature calibrates 2 questions of which all, or nearly all, are answered"
                + " correctly: add questions that are answered wrongly");
    assertThatThrownBy(() -> TemperatureCalibration.fit(List.of(question(1, 0.9, 0.1))))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "no temperature calibrates 1 questions whose probabilities are no better than a guess");
    assertThatThrownBy(() -> new TemperatureCalibration(Double.NaN))
        .hasMessage("temperature is NaN, must be 0.001 to 1000.0");
    assertThatThrownBy(() -> new TemperatureCalibration(0)).hasMessageContaining("must be 0.001");
    assertThatThrownBy(() -> question(2, 0.9, 0.1)).hasMessage("answer is 2, must be 0 to 1");
  }

  @Provide
  Arbitrary<Evidence> evidences() {
    return Arbitraries.integers()
        .between(0, 40)
        .map(i -> i < 5 ? 0 : Math.exp(i - 40.0))
        .list()
        .ofMinSize(2)
        .ofMaxSize(30)
        .filter(parts -> parts.stream().anyMatch(p -> p > 0))
        .map(
            parts -> {
              double sum = parts.stream().mapToDouble(p -> p).sum();
              return evidence(parts.stream().mapToDouble(p -> p / sum).toArray());
            });
  }

  @Property(tries = 300)
  void theOptionsKeepTheirOrderAndTheSumIsOne(
      @ForAll("evidences") Evidence evidence,
      @ForAll @DoubleRange(min = 0.01, max = 1000) double temperature) {
    List<Double> own = evidence.probabilities().values();
    CalibratedAnswer answer = new TemperatureCalibration(temperature).calibrate(evidence);
    List<Double> calibrated = answer.probabilities().values();
    for (int i = 0; i < own.size(); i++) {
      for (int j = 0; j < own.size(); j++) {
        if (own.get(i) >= own.get(j)) {
          assertThat(calibrated.get(i)).isGreaterThanOrEqualTo(calibrated.get(j));
        }
      }
    }
    assertThat(answer.option()).isEqualTo(evidence.probabilities().best());
    assertThat(answer.confidence()).isBetween(1.0 / own.size() - 1e-12, 1.0);
    assertThat(calibrated.stream().mapToDouble(p -> p).sum()).isCloseTo(1, within(1e-12));
  }

  @Property(tries = 100)
  void aTemperatureOfOneChangesNothing(@ForAll("evidences") Evidence evidence) {
    List<Double> calibrated =
        new TemperatureCalibration(1).calibrate(evidence).probabilities().values();
    for (int i = 0; i < calibrated.size(); i++) {
      assertThat(calibrated.get(i))
          .isCloseTo(evidence.probabilities().values().get(i), within(1e-14));
    }
  }

  @Property(tries = 200)
  void ofTwoOptionsAHigherProbabilityIsNeverLessSure(
      @ForAll @DoubleRange(min = 0, max = 1) double p,
      @ForAll @DoubleRange(min = 0, max = 1) double q,
      @ForAll @DoubleRange(min = 0.01, max = 1000) double temperature) {
    TemperatureCalibration calibration = new TemperatureCalibration(temperature);
    double lower = Math.max(0.5, Math.min(p, q));
    double higher = Math.max(0.5, Math.max(p, q));
    assertThat(calibration.calibrate(evidence(higher, 1 - higher)).confidence())
        .isGreaterThanOrEqualTo(calibration.calibrate(evidence(lower, 1 - lower)).confidence());
  }
}
