package io.telecomllm.inference.statistics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.google.common.collect.Collections2;
import io.telecomllm.json.JsonView;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.function.ToDoubleFunction;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;

/** Against torchmetrics and scikit-learn, against naive definitions, and at the edges. */
class FiguresTest {
  private static final double ROUNDING = 1e-12;

  @Test
  void scoresOfProbabilitiesAreThoseOfScikitLearn() {
    List<JsonView> cases = Goldens.read().objects("forecasts");
    assertThat(cases).hasSize(4);
    for (JsonView one : cases) {
      List<Forecast> forecasts = Goldens.forecasts(one);
      assertThat(Figures.brierScore(forecasts)).isCloseTo(one.number("brier"), within(ROUNDING));
      assertThat(Figures.logLoss(forecasts)).isCloseTo(one.number("logLoss"), within(ROUNDING));
    }
  }

  @Test
  void figuresOfConfidencesAreThoseOfTorchmetricsAndScikitLearn() {
    List<JsonView> cases = Goldens.read().objects("graded");
    assertThat(cases).hasSize(4);
    for (JsonView one : cases) {
      List<GradedAnswer> answers = Goldens.graded(one);
      for (int bins : new int[] {1, 7, 15}) {
        assertThat(Reliability.of(answers, bins).expectedCalibrationError())
            .as("%s bins", bins)
            .isCloseTo(one.object("ece").number(Integer.toString(bins)), within(ROUNDING));
      }
      assertThat(Figures.expectedCalibrationError(answers))
          .isCloseTo(one.object("ece").number("15"), within(ROUNDING));
      assertThat(Figures.auroc(answers)).isCloseTo(one.number("auroc"), within(ROUNDING));
    }
  }

  @Test
  void theCurveIsThatOfItsDefinition() {
    List<JsonView> cases =
        Goldens.read().objects("graded").stream().filter(one -> one.has("aurc")).toList();
    assertThat(cases).hasSize(2);
    for (JsonView one : cases) {
      List<GradedAnswer> answers = Goldens.graded(one);
      assertThat(Figures.aurc(answers)).isCloseTo(one.number("aurc"), within(ROUNDING));
      List<Double> selective = one.numbers("selective");
      for (int i = 0; i < selective.size(); i++) {
        assertThat(Figures.selectiveAccuracy(answers, RiskCoverage.COVERAGES.get(i)))
            .isCloseTo(selective.get(i), within(ROUNDING));
      }
    }
  }

  @Provide
  Arbitrary<List<GradedAnswer>> fewWithTies() {
    return answers(Arbitraries.of(0.0, 0.2, 0.5, 1.0), 6);
  }

  @Provide
  Arbitrary<List<GradedAnswer>> manyWithTies() {
    return answers(Arbitraries.integers().between(0, 20).map(i -> i / 20.0), 60);
  }

  private static Arbitrary<List<GradedAnswer>> answers(Arbitrary<Double> confidences, int most) {
    return Combinators.combine(confidences, Arbitraries.of(true, false))
        .as(GradedAnswer::new)
        .list()
        .ofMinSize(1)
        .ofMaxSize(most);
  }

  @Property(tries = 200)
  void withTiesTheCurveIsTheMeanOverAllOrders(@ForAll("fewWithTies") List<GradedAnswer> answers) {
    List<Integer> indices = new ArrayList<>();
    for (int i = 0; i < answers.size(); i++) {
      indices.add(i);
    }
    double area = 0;
    double half = 0;
    int orders = 0;
    for (List<Integer> order : Collections2.permutations(indices)) {
      if (isFalling(order.stream().map(answers::get).toList())) {
        List<GradedAnswer> sorted = order.stream().map(answers::get).toList();
        area += naiveArea(sorted);
        half += naiveAccuracy(sorted.subList(0, (sorted.size() + 1) / 2));
        orders++;
      }
    }
    assertThat(Figures.aurc(answers)).isCloseTo(area / orders, within(ROUNDING));
    assertThat(Figures.selectiveAccuracy(answers, 0.5)).isCloseTo(half / orders, within(ROUNDING));
  }

  private static boolean isFalling(List<GradedAnswer> answers) {
    for (int i = 1; i < answers.size(); i++) {
      if (answers.get(i).confidence() > answers.get(i - 1).confidence()) {
        return false;
      }
    }
    return true;
  }

  private static double naiveArea(List<GradedAnswer> sorted) {
    double sum = 0;
    for (int k = 1; k <= sorted.size(); k++) {
      sum += 1 - naiveAccuracy(sorted.subList(0, k));
    }
    return sum / sorted.size();
  }

  private static double naiveAccuracy(List<GradedAnswer> answers) {
    return answers.stream().mapToDouble(a -> a.right() ? 1 : 0).average().orElseThrow();
  }

  @Property(tries = 200)
  void aurocCountsPairs(@ForAll("manyWithTies") List<GradedAnswer> answers) {
    double won = 0;
    double pairs = 0;
    for (GradedAnswer right : answers) {
      for (GradedAnswer wrong : answers) {
        if (right.right() && !wrong.right()) {
          pairs++;
          won += (Math.signum(right.confidence() - wrong.confidence()) + 1) / 2;
        }
      }
    }
    assertThat(Figures.auroc(answers)).isCloseTo(won / pairs, within(ROUNDING));
  }

  @Property(tries = 200)
  void binsHoldWhatTheirEdgesSay(@ForAll("manyWithTies") List<GradedAnswer> answers) {
    for (int bins : new int[] {1, 3, 10, 20}) {
      double error = 0;
      for (Reliability.Bin bin : Reliability.of(answers, bins).bins()) {
        List<GradedAnswer> own =
            answers.stream()
                .filter(a -> a.confidence() >= bin.low())
                .filter(a -> a.confidence() < bin.high() || bin.high() == 1)
                .toList();
        assertThat(bin.count()).isEqualTo(own.size());
        if (!own.isEmpty()) {
          double mean = own.stream().mapToDouble(GradedAnswer::confidence).average().orElseThrow();
          assertThat(bin.accuracy()).isEqualTo(naiveAccuracy(own));
          assertThat(bin.confidence()).isCloseTo(mean, within(ROUNDING));
          error += Math.abs(naiveAccuracy(own) - mean) * own.size() / answers.size();
        }
      }
      assertThat(Reliability.of(answers, bins).expectedCalibrationError())
          .isCloseTo(error, within(ROUNDING));
    }
  }

  @Property(tries = 100)
  void theOrderOfTheQuestionsIsNoMatter(
      @ForAll("manyWithTies") List<GradedAnswer> answers, @ForAll long seed) {
    List<GradedAnswer> shuffled = new ArrayList<>(answers);
    Collections.shuffle(shuffled, new Random(seed));
    List<ToDoubleFunction<List<GradedAnswer>>> figures =
        List.of(
            Figures::accuracy,
            Figures::expectedCalibrationError,
            Figures::auroc,
            Figures::aurc,
            some -> Figures.selectiveAccuracy(some, 0.7));
    for (ToDoubleFunction<List<GradedAnswer>> figure : figures) {
      assertThat(figure.applyAsDouble(shuffled))
          .isCloseTo(figure.applyAsDouble(answers), within(ROUNDING));
    }
  }

  @Test
  void anEdgeBelongsToTheBinAboveItAndOneToTheLast() {
    for (int bins = 1; bins <= 200; bins++) {
      for (int i = 0; i <= bins; i++) {
        double edge = (double) i / bins;
        assertThat(bin(edge, bins)).as("%s of %s", i, bins).isEqualTo(Math.min(i, bins - 1));
        if (i > 0) {
          assertThat(bin(Math.nextDown(edge), bins)).as("under %s of %s", i, bins).isEqualTo(i - 1);
        }
      }
    }
  }

  private static int bin(double confidence, int bins) {
    List<Reliability.Bin> all =
        Reliability.of(List.of(new GradedAnswer(confidence, true)), bins).bins();
    return all.indexOf(all.stream().filter(b -> b.count() == 1).findFirst().orElseThrow());
  }

  /** torchmetrics puts a confidence of 1 into a bin of its own and gives 1.1 / 3. */
  @Test
  void aConfidenceOfOneSharesTheLastBin() {
    List<GradedAnswer> answers = List.of(answer(1, false), answer(0.95, true), answer(0.95, true));
    assertThat(Figures.expectedCalibrationError(answers)).isCloseTo(0.9 / 3, within(ROUNDING));
  }

  private static GradedAnswer answer(double confidence, boolean right) {
    return new GradedAnswer(confidence, right);
  }

  @Test
  void thePointsAreThoseOfThresholds() {
    RiskCoverage curve =
        RiskCoverage.of(
            List.of(answer(0.5, true), answer(0.9, true), answer(0.5, false), answer(0.2, false)));
    assertThat(curve.points())
        .containsExactly(
            new RiskCoverage.Point(0.9, 1, 0, 4),
            new RiskCoverage.Point(0.5, 3, 1, 4),
            new RiskCoverage.Point(0.2, 4, 2, 4));
    assertThat(curve.points().get(1).coverage()).isEqualTo(0.75);
    assertThat(curve.points().get(1).risk()).isEqualTo(1 / 3.0);
    assertThat(curve.questions()).isEqualTo(4);
    // orders 0 0 1 2 and 0 1 1 2
    assertThat(curve.aurc())
        .isCloseTo(((0 + 0 + 1 / 3.0 + 0.5) + (0 + 0.5 + 1 / 3.0 + 0.5)) / 8, within(ROUNDING));
  }

  @Test
  void aSelectedShareIsExact() {
    List<GradedAnswer> answers = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      answers.add(answer(1 - i / 100.0, i != 55));
    }
    // 0.55 * 100 is 55.00000000000001
    assertThat(Figures.selectiveAccuracy(answers, 0.55)).isEqualTo(1);
    assertThat(Figures.selectiveAccuracy(answers, 0.551)).isEqualTo(1 - 1 / 56.0);
    assertThat(Figures.selectiveAccuracy(answers, 1e-12)).isEqualTo(1);
    assertThat(Figures.selectiveAccuracy(answers, 1)).isEqualTo(1 - 1 / 100.0);
  }

  @Test
  void allRightAndAllWrong() {
    List<GradedAnswer> right = List.of(answer(0.8, true), answer(1, true));
    List<GradedAnswer> wrong = List.of(answer(0.8, false), answer(0, false));
    assertThat(Figures.accuracy(right)).isEqualTo(1);
    assertThat(Figures.aurc(right)).isEqualTo(0);
    assertThat(Figures.auroc(right)).isNaN();
    assertThat(Figures.accuracy(wrong)).isEqualTo(0);
    assertThat(Figures.aurc(wrong)).isEqualTo(1);
    assertThat(Figures.auroc(wrong)).isNaN();
  }

  @Test
  void certainForecasts() {
    Forecast right = new Forecast(OptionProbabilities.of(0, 1), 1);
    Forecast wrong = new Forecast(OptionProbabilities.of(0, 1), 0);
    assertThat(Figures.brierScore(List.of(right))).isEqualTo(0);
    assertThat(Figures.logLoss(List.of(right))).isEqualTo(0);
    assertThat(Figures.brierScore(List.of(wrong))).isEqualTo(2);
    assertThat(Figures.logLoss(List.of(wrong))).isCloseTo(52 * Math.log(2), within(ROUNDING));
  }

  @Test
  void equalOptionsChooseTheFirst() {
    double[] thirtieths = new double[30];
    Arrays.fill(thirtieths, 1 / 30.0);
    Forecast forecast = new Forecast(OptionProbabilities.of(thirtieths), 0);
    assertThat(forecast.right()).isTrue();
    assertThat(forecast.graded()).isEqualTo(answer(1 / 30.0, true));
    assertThat(forecast.probabilities().margin()).isEqualTo(0);
    assertThat(new Forecast(forecast.probabilities(), 29).right()).isFalse();
    assertThat(Figures.logLoss(List.of(forecast))).isCloseTo(Math.log(30), within(ROUNDING));
    assertThat(OptionProbabilities.of(0.2, 0.5, 0.3).margin()).isCloseTo(0.2, within(ROUNDING));
  }

  @Test
  void wrongValuesAreNamed() {
    assertThatThrownBy(() -> OptionProbabilities.of()).hasMessage("0 options, must be 2 to 30");
    assertThatThrownBy(() -> OptionProbabilities.of(1)).hasMessage("1 options, must be 2 to 30");
    assertThatThrownBy(() -> OptionProbabilities.of(new double[31]))
        .hasMessage("31 options, must be 2 to 30");
    assertThatThrownBy(() -> OptionProbabilities.of(Double.NaN, 1))
        .hasMessage("probabilities are [NaN, 1.0], must be 0 to 1 and sum to 1");
    assertThatThrownBy(() -> OptionProbabilities.of(0.5, 0.4))
        .hasMessage("probabilities are [0.5, 0.4], must be 0 to 1 and sum to 1");
    assertThatThrownBy(() -> OptionProbabilities.of(-0.5, 1.5)).hasMessageContaining("0 to 1");
    assertThatThrownBy(() -> new Forecast(OptionProbabilities.of(0, 1), 2))
        .hasMessage("answer is 2, must be 0 to 1");
    assertThatThrownBy(() -> answer(Double.NaN, true))
        .hasMessage("confidence is NaN, must be 0 to 1");
    assertThatThrownBy(() -> answer(1.01, true)).hasMessage("confidence is 1.01, must be 0 to 1");
    assertThatThrownBy(() -> Figures.accuracy(List.of()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("there are no questions, expected at least one");
    assertThatThrownBy(() -> Figures.aurc(List.of())).hasMessageContaining("no questions");
    assertThatThrownBy(() -> Figures.logLoss(List.of())).hasMessageContaining("no questions");
    assertThatThrownBy(() -> Figures.brierScore(List.of())).hasMessageContaining("no questions");
    assertThatThrownBy(() -> Figures.expectedCalibrationError(List.of()))
        .hasMessageContaining("no questions");
    assertThatThrownBy(() -> Figures.selectiveAccuracy(List.of(answer(1, true)), 0))
        .hasMessage("coverage is 0.0, must be over 0 and at most 1");
    assertThatThrownBy(() -> Reliability.of(List.of(answer(1, true)), 0))
        .hasMessage("bins is 0, must be 1 to 1000");
  }
}
