package io.telecomllm.inference.calibration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.telecomllm.inference.calibration.LogisticCalibration.Feature;
import io.telecomllm.inference.statistics.Goldens;
import io.telecomllm.inference.statistics.OptionProbabilities;
import io.telecomllm.json.JsonView;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

class LogisticCalibrationTest {
  private static final OptionProbabilities TWO = OptionProbabilities.of(0.7, 0.3);

  private static CalibrationQuestion question(boolean right, List<Double> features) {
    Evidence evidence = Evidence.of(TWO);
    for (int j = 0; j < features.size(); j++) {
      evidence = evidence.with("f" + j, features.get(j));
    }
    return new CalibrationQuestion(evidence, right ? 0 : 1);
  }

  private static List<CalibrationQuestion> questions(JsonView json) {
    List<List<Double>> rows = Goldens.rows(json, "features");
    List<Boolean> right = Goldens.booleans(json, "right");
    return IntStream.range(0, rows.size())
        .mapToObj(i -> question(right.get(i), rows.get(i)))
        .toList();
  }

  @Test
  void weightsAndConfidencesAreThoseOfScikitLearn() {
    List<JsonView> cases = Goldens.read().objects("logistic");
    assertThat(cases).hasSize(3);
    for (JsonView one : cases) {
      List<CalibrationQuestion> questions = questions(one);
      List<Double> weights = one.numbers("weights");
      List<String> names = IntStream.range(0, weights.size()).mapToObj(j -> "f" + j).toList();
      LogisticCalibration found = LogisticCalibration.fit(questions, names, one.number("penalty"));
      assertThat(found.intercept()).isCloseTo(one.number("intercept"), within(1e-8));
      for (int j = 0; j < names.size(); j++) {
        Feature feature = found.features().get(j);
        assertThat(feature.name()).isEqualTo(names.get(j));
        assertThat(feature.mean()).isCloseTo(one.numbers("means").get(j), within(1e-10));
        assertThat(feature.scale()).isCloseTo(one.numbers("scales").get(j), within(1e-10));
        assertThat(feature.weight()).isCloseTo(weights.get(j), within(1e-8));
      }
      List<Double> confidences = one.numbers("confidences");
      for (int i = 0; i < confidences.size(); i++) {
        CalibratedAnswer answer = found.calibrate(questions.get(i).evidence());
        assertThat(answer.confidence()).isCloseTo(confidences.get(i), within(1e-8));
        assertThat(answer.probabilities()).isEqualTo(TWO);
        assertThat(answer.option()).isEqualTo(0);
      }
    }
  }

  @Test
  void theMeanConfidenceIsTheAccuracy() {
    for (JsonView one : Goldens.read().objects("logistic")) {
      List<CalibrationQuestion> questions = questions(one);
      LogisticCalibration found = LogisticCalibration.fit(questions, List.of("f0"));
      double mean =
          questions.stream()
              .mapToDouble(q -> found.calibrate(q.evidence()).confidence())
              .average()
              .orElseThrow();
      double accuracy =
          questions.stream().mapToDouble(q -> q.right() ? 1 : 0).average().orElseThrow();
      assertThat(mean).isCloseTo(accuracy, within(1e-9));
    }
  }

  @Test
  void featuresOfTheProbabilitiesNeedNotBeGiven() {
    List<CalibrationQuestion> questions = new ArrayList<>();
    for (int i = 0; i < 40; i++) {
      double first = 0.5 + i / 100.0;
      Evidence evidence = Evidence.of(OptionProbabilities.of(1 - first, first));
      questions.add(new CalibrationQuestion(evidence, i % 5 < i / 10 + 1 ? 1 : 0));
    }
    LogisticCalibration found =
        LogisticCalibration.fit(questions, List.of(Evidence.PROBABILITY, Evidence.MARGIN), 1e-3);
    assertThat(found.features().get(0).mean()).isCloseTo(0.695, within(1e-12));
    assertThat(found.features().get(1).mean()).isCloseTo(0.39, within(1e-12));
    double before = 0;
    for (CalibrationQuestion question : questions) {
      double confidence = found.calibrate(question.evidence()).confidence();
      assertThat(confidence).isGreaterThan(before);
      before = confidence;
    }
  }

  @Test
  void aFeatureThatIsAlwaysTheSameSaysNothing() {
    List<CalibrationQuestion> questions = new ArrayList<>();
    for (int i = 0; i < 30; i++) {
      questions.add(question(i % 3 > 0, List.of(0.1, (double) (i * 7 % 10))));
    }
    LogisticCalibration found = LogisticCalibration.fit(questions, List.of("f0", "f1"));
    assertThat(found.features().get(0).scale()).isEqualTo(1);
    assertThat(found.features().get(0).weight()).isCloseTo(0, within(1e-12));
    LogisticCalibration alone = LogisticCalibration.fit(questions, List.of("f0"));
    assertThat(alone.calibrate(Evidence.of(TWO).with("f0", 0.1)).confidence())
        .isCloseTo(2 / 3.0, within(1e-9));
  }

  @Test
  void aPenaltyKeepsSeparableAnswersFinite() {
    List<CalibrationQuestion> questions = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      questions.add(question(i >= 10, List.of((double) i)));
    }
    LogisticCalibration found = LogisticCalibration.fit(questions, List.of("f0"), 1e-6);
    double weight = found.features().get(0).weight();
    assertThat(weight).isBetween(50.0, 500.0);
    // where the gradient is 0: weight * penalty = sum of errors * deviations
    double gradient = 1e-6 * weight;
    for (CalibrationQuestion q : questions) {
      double error = found.calibrate(q.evidence()).confidence() - (q.right() ? 1 : 0);
      gradient += error * found.features().get(0).deviations(q.evidence().feature("f0"));
    }
    assertThat(gradient).isCloseTo(0, within(1e-8));
  }

  @Property(tries = 300)
  void anyFiniteFeatureHasAConfidence(
      @ForAll double value, @ForAll double other, @ForAll double weight) {
    double bounded = Math.max(-1e100, Math.min(1e100, weight));
    LogisticCalibration calibration =
        new LogisticCalibration(
            0.5,
            List.of(
                new Feature("f0", -1e300, 1e-300, bounded),
                new Feature("f1", 1, Double.MIN_VALUE, -bounded)));
    Evidence evidence = new Evidence(TWO, List.of(), Map.of("f0", value, "f1", other));
    assertThat(calibration.calibrate(evidence).confidence()).isBetween(0.0, 1.0);
  }

  @Test
  void theConfidenceFollowsTheSignOfTheWeight() {
    LogisticCalibration calibration =
        new LogisticCalibration(
            0, List.of(new Feature("up", 0, 1, 2), new Feature("down", 0, 1, -1)));
    double before = 0;
    for (double value = -5; value <= 5; value += 0.25) {
      double up =
          calibration
              .calibrate(new Evidence(TWO, List.of(), Map.of("up", value, "down", 0.0)))
              .confidence();
      double down =
          calibration
              .calibrate(new Evidence(TWO, List.of(), Map.of("up", 0.0, "down", value)))
              .confidence();
      assertThat(up).isGreaterThan(before);
      assertThat(up).isCloseTo(1 / (1 + Math.exp(-2 * value)), within(1e-15));
      assertThat(down).isCloseTo(1 / (1 + Math.exp(value)), within(1e-15));
      before = up;
    }
  }

  @Test
  void wrongValuesAreNamed() {
    List<CalibrationQuestion> right = List.of(question(true, List.of(1.0)));
    assertThatThrownBy(() -> LogisticCalibration.fit(right, List.of("f0")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "1 of 1 questions are answered correctly, expected some that are and some that are"
                + " not");
    assertThatThrownBy(
            () -> LogisticCalibration.fit(List.of(question(false, List.of(1.0))), List.of("f0")))
        .hasMessageContaining("0 of 1 questions");
    assertThatThrownBy(() -> LogisticCalibration.fit(List.of(), List.of("f0")))
        .hasMessageContaining("0 of 0 questions");
    assertThatThrownBy(() -> LogisticCalibration.fit(right, List.of()))
        .hasMessage("there are no features, expected at least one");
    assertThatThrownBy(() -> LogisticCalibration.fit(right, List.of("f0", "f0")))
        .hasMessage("a feature is twice in [f0, f0]");
    assertThatThrownBy(() -> LogisticCalibration.fit(right, List.of("f0"), 0))
        .hasMessage("penalty is 0.0, must be over 0");
    List<CalibrationQuestion> both =
        List.of(question(true, List.of(1.0)), question(false, List.of(2.0)));
    assertThatThrownBy(() -> LogisticCalibration.fit(both, List.of("retrieval")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "there is no feature 'retrieval', only [probability, margin, agreement] and [f0]");
    assertThatThrownBy(() -> Evidence.of(TWO).with("f0", Double.NaN))
        .hasMessage("feature 'f0' is NaN, must be finite");
    assertThatThrownBy(() -> Evidence.of(TWO).with("margin", 1))
        .hasMessage("feature 'margin' follows from the others");
    assertThatThrownBy(() -> new Feature("f0", 0, 0, 1))
        .hasMessage("scale of 'f0' is 0.0, must be over 0");
    assertThatThrownBy(() -> new Feature("f0", 0, 1, Double.NaN)).hasMessageContaining("NaN");
    assertThatThrownBy(() -> new CalibratedAnswer(0, Double.NaN, TWO))
        .hasMessage("confidence is NaN, must be 0 to 1");
    assertThatThrownBy(() -> new CalibratedAnswer(1, 0.5, TWO))
        .hasMessage("option is 1, the most probable one is 0");
  }
}
