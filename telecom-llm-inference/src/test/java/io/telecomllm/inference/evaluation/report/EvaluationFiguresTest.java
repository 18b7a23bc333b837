package io.telecomllm.inference.evaluation.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.telecomllm.data.Category;
import io.telecomllm.data.Question;
import io.telecomllm.inference.calibration.AbstentionReason;
import io.telecomllm.inference.calibration.CalibratedAnswer;
import io.telecomllm.inference.calibration.ConformalRule;
import io.telecomllm.inference.calibration.Evidence;
import io.telecomllm.inference.evaluation.Evaluation;
import io.telecomllm.inference.evaluation.Outcome;
import io.telecomllm.inference.evaluation.RemovedOption;
import io.telecomllm.inference.statistics.Bootstrap;
import io.telecomllm.inference.statistics.ClopperPearson;
import io.telecomllm.inference.statistics.Estimate;
import io.telecomllm.inference.statistics.Figures;
import io.telecomllm.inference.statistics.Forecast;
import io.telecomllm.inference.statistics.GradedAnswer;
import io.telecomllm.inference.statistics.OptionProbabilities;
import io.telecomllm.inference.statistics.PositionBias;
import io.telecomllm.inference.statistics.QuestionReadings;
import io.telecomllm.inference.statistics.Reading;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.ToDoubleFunction;
import org.junit.jupiter.api.Test;

class EvaluationFiguresTest {
  private static final Bootstrap BOOTSTRAP = new Bootstrap(300, 0.9, 7);

  /** An evaluation whose order is that in which the resamples are drawn. */
  private static Evaluation surestFirst() {
    Comparator<Outcome> rising = Comparator.comparing(outcome -> outcome.choice().confidence());
    return new Evaluation(
        Outcomes.evaluation(211, 3, 1.5).outcomes().stream().sorted(rising.reversed()).toList(), 1);
  }

  private static Estimate naive(
      List<GradedAnswer> answers, ToDoubleFunction<List<GradedAnswer>> figure) {
    return BOOTSTRAP.estimate(answers, figure);
  }

  @Test
  void eachFigureIsTheNaiveOne() {
    List<Outcome> outcomes = surestFirst().outcomes();
    List<GradedAnswer> graded = outcomes.stream().map(Outcome::graded).toList();
    List<Forecast> forecasts = outcomes.stream().map(Outcome::forecast).toList();
    List<Forecast> own =
        outcomes.stream()
            .map(o -> new Forecast(o.evidence().probabilities(), o.question().answer()))
            .toList();
    List<GradedAnswer> ownGraded = own.stream().map(Forecast::graded).toList();
    List<GradedAnswer> margins =
        outcomes.stream()
            .map(o -> new GradedAnswer(o.evidence().feature(Evidence.MARGIN), o.right()))
            .toList();
    Map<Figure, Estimate> expected = new LinkedHashMap<>();
    expected.put(Figure.SELECTIVE_90, naive(graded, a -> Figures.selectiveAccuracy(a, 0.9)));
    expected.put(Figure.SELECTIVE_80, naive(graded, a -> Figures.selectiveAccuracy(a, 0.8)));
    expected.put(Figure.SELECTIVE_70, naive(graded, a -> Figures.selectiveAccuracy(a, 0.7)));
    expected.put(Figure.SELECTIVE_50, naive(graded, a -> Figures.selectiveAccuracy(a, 0.5)));
    expected.put(Figure.AURC, naive(graded, Figures::aurc));
    expected.put(Figure.AUROC, naive(graded, Figures::auroc));
    expected.put(Figure.CALIBRATION_ERROR, naive(graded, Figures::expectedCalibrationError));
    expected.put(Figure.BRIER, BOOTSTRAP.estimate(forecasts, Figures::brierScore));
    expected.put(Figure.LOG_LOSS, BOOTSTRAP.estimate(forecasts, Figures::logLoss));
    expected.put(Figure.OWN_LOG_LOSS, BOOTSTRAP.estimate(own, Figures::logLoss));
    expected.put(Figure.OWN_CALIBRATION_ERROR, naive(ownGraded, Figures::expectedCalibrationError));
    expected.put(Figure.OWN_AURC, naive(ownGraded, Figures::aurc));
    expected.put(Figure.MARGIN_AURC, naive(margins, Figures::aurc));
    int right = (int) outcomes.stream().filter(Outcome::right).count();
    int given = (int) outcomes.stream().filter(Outcome::given).count();
    int both = (int) outcomes.stream().filter(o -> o.given() && o.right()).count();
    expected.put(Figure.ACCURACY, ClopperPearson.interval(right, 211, 0.9));
    expected.put(Figure.OWN_ACCURACY, ClopperPearson.interval(right, 211, 0.9));
    expected.put(Figure.COVERAGE, ClopperPearson.interval(given, 211, 0.9));
    expected.put(Figure.GIVEN_ACCURACY, ClopperPearson.interval(both, given, 0.9));
    List<QuestionReadings> readings =
        outcomes.stream()
            .map(o -> new QuestionReadings(o.evidence().readings(), o.question().answer()))
            .toList();
    int flipped = (int) readings.stream().filter(QuestionReadings::flips).count();
    expected.put(Figure.FLIP_RATE, ClopperPearson.interval(flipped, 211, 0.9));
    expected.put(
        Figure.RECALL_DEVIATION,
        BOOTSTRAP.estimate(readings, drawn -> PositionBias.of(drawn).recallDeviation()));
    GroupFigures found = EvaluationFigures.of(surestFirst(), BOOTSTRAP).all();
    assertThat(flipped).isBetween(1, 210);
    assertThat(found.questions()).isEqualTo(211);
    assertThat(found.estimates()).containsExactlyInAnyOrderEntriesOf(expected);
    assertThat(found.estimate(Figure.OWN_CALIBRATION_ERROR))
        .isNotEqualTo(found.estimate(Figure.CALIBRATION_ERROR));
    assertThat(given).isBetween(1, 210);
  }

  @Test
  void groupsAreThoseOfTheirQuestions() {
    Evaluation evaluation = Outcomes.evaluation(60, 4, 1);
    EvaluationFigures figures = EvaluationFigures.of(evaluation, BOOTSTRAP);
    assertThat(figures.byCategory().keySet())
        .isEqualTo(evaluation.byCategory().keySet())
        .doesNotContain(Category.OTHER);
    evaluation
        .byCategory()
        .forEach(
            (category, accuracy) -> {
              GroupFigures group = figures.byCategory().get(category);
              assertThat(group.questions()).isEqualTo(accuracy.count());
              assertThat(group.estimate(Figure.ACCURACY).orElseThrow().value())
                  .isEqualTo(accuracy.value());
            });
    GroupFigures beyond = figures.beyondHeuristic().orElseThrow();
    assertThat(beyond.questions()).isEqualTo(evaluation.beyondHeuristic().count());
    assertThat(beyond.estimate(Figure.ACCURACY).orElseThrow().value())
        .isEqualTo(evaluation.beyondHeuristic().value());
    assertThat(figures.removed()).isEmpty();
    assertThat(EvaluationFigures.of(evaluation, BOOTSTRAP)).isEqualTo(figures);
  }

  @Test
  void figuresThatAreNotDefinedAreLeftOut() {
    Outcome right = Outcomes.of(Question.of("q", "?", List.of("aa", "b"), 0), 0.8, 0.2);
    Outcome left =
        new Outcome(
            right.question(),
            right.choice(),
            right.evidence(),
            Optional.of(
                new AbstentionReason(
                    AbstentionReason.Kind.LOW_CONFIDENCE, "not sure", List.of(0, 1))));
    EvaluationFigures figures =
        EvaluationFigures.of(new Evaluation(List.of(left, left), 0), BOOTSTRAP);
    assertThat(figures.beyondHeuristic()).isEmpty();
    assertThat(figures.byCategory()).containsOnlyKeys(Category.OTHER);
    assertThat(figures.all().estimate(Figure.AUROC)).isEmpty();
    assertThat(figures.all().estimate(Figure.GIVEN_ACCURACY)).isEmpty();
    assertThat(figures.all().estimate(Figure.SET_SIZE)).isEmpty();
    assertThat(figures.all().estimates()).hasSize(Figure.values().length - 6);
    assertThat(figures.all().estimate(Figure.COVERAGE).orElseThrow())
        .isEqualTo(ClopperPearson.interval(0, 2, 0.9));
    // exact intervals have a width where resamples have none
    assertThat(figures.all().estimate(Figure.ACCURACY).orElseThrow().low()).isLessThan(0.3);
  }

  @Test
  void tiesAndSetsByHand() {
    Question question = Question.of("q", "?", List.of("a", "b", "cc"), 1);
    List<Outcome> outcomes =
        List.of(
            Outcomes.of(question, 0.4, 0.4, 0.2),
            Outcomes.of(question, 0.3, 0.5, 0.2),
            Outcomes.of(question, 0.9, 0.05, 0.05),
            Outcomes.of(question, 0.1, 0.8, 0.1));
    // options of 0.3 or more: 2, 2, 1, 1; all but the third hold the right one
    GroupFigures found =
        GroupFigures.of(outcomes, Optional.of(new ConformalRule(0.7, 0.1)), BOOTSTRAP);
    assertThat(found.ties()).isEqualTo(1);
    assertThat(found.estimate(Figure.SET_COVERAGE)).contains(ClopperPearson.interval(3, 4, 0.9));
    assertThat(found.estimate(Figure.SET_SIZE).orElseThrow().value()).isEqualTo(1.5);
    assertThat(found.estimate(Figure.ACCURACY).orElseThrow().value()).isEqualTo(0.5);
  }

  @Test
  void likingsForPlacesByHand() {
    Question question = Question.of("q", "?", List.of("a", "b"), 1);
    Reading given = new Reading(List.of(0, 1), OptionProbabilities.of(0.6, 0.4));
    Reading turned = new Reading(List.of(1, 0), OptionProbabilities.of(0.7, 0.3));
    List<Outcome> outcomes =
        List.of(
            // the first place is chosen both times
            read(question, given, turned), read(question, turned, turned), read(question, given));
    GroupFigures found = GroupFigures.of(outcomes, Optional.empty(), BOOTSTRAP);
    assertThat(found.estimate(Figure.FLIP_RATE)).contains(ClopperPearson.interval(1, 2, 0.9));
    // the right option is found always at the first place and never at the second
    assertThat(found.estimate(Figure.RECALL_DEVIATION).orElseThrow().value()).isEqualTo(0.5);
    GroupFigures once =
        GroupFigures.of(List.of(read(question, given)), Optional.empty(), BOOTSTRAP);
    assertThat(once.estimate(Figure.FLIP_RATE)).isEmpty();
    assertThat(once.estimate(Figure.RECALL_DEVIATION).orElseThrow().value()).isZero();
  }

  private static Outcome read(Question question, Reading... readings) {
    OptionProbabilities own = readings[0].probabilities();
    Evidence evidence = Evidence.of(own).read(List.of(readings));
    return new Outcome(question, CalibratedAnswer.own(own), evidence, Optional.empty());
  }

  /** A calibration may change the choice, and the model's own is then graded for itself. */
  @Test
  void theOwnChoiceIsGradedForItself() {
    Question question = Question.of("q", "?", List.of("a", "b"), 1);
    Outcome changed =
        new Outcome(
            question,
            CalibratedAnswer.own(OptionProbabilities.of(0.25, 0.75)),
            Evidence.of(OptionProbabilities.of(0.6, 0.4)),
            Optional.empty());
    GroupFigures found = GroupFigures.of(List.of(changed), Optional.empty(), BOOTSTRAP);
    assertThat(found.estimate(Figure.ACCURACY).orElseThrow().value()).isEqualTo(1);
    assertThat(found.estimate(Figure.OWN_ACCURACY).orElseThrow().value()).isEqualTo(0);
    assertThat(found.estimate(Figure.OWN_AURC).orElseThrow().value()).isEqualTo(1);
    assertThat(found.estimate(Figure.MARGIN_AURC).orElseThrow().value()).isEqualTo(1);
    assertThat(found.estimate(Figure.OWN_CALIBRATION_ERROR).orElseThrow().value()).isEqualTo(0.6);
  }

  @Test
  void removedOptionsByHand() {
    List<Outcome> outcomes =
        List.of(
            Outcomes.of(Question.of("a", "?", List.of("x", "y"), 0), 0.9, 0.1),
            Outcomes.of(Question.of("b", "?", List.of("x", "y"), 0), 0.75, 0.25),
            Outcomes.of(Question.of("c", "?", List.of("x", "y"), 0), 1, 0));
    List<RemovedOption> removed =
        List.of(new RemovedOption("b", 0.5, false), new RemovedOption("a", 0.75, true));
    RemovedFigures found = RemovedFigures.of(outcomes, removed, BOOTSTRAP);
    assertThat(found.questions()).isEqualTo(2);
    assertThat(found.abstentions()).isEqualTo(ClopperPearson.interval(1, 2, 0.9));
    assertThat(found.abstentionsBefore()).isEqualTo(ClopperPearson.interval(0, 2, 0.9));
    assertThat(found.confidence().value()).isEqualTo(0.625);
    assertThat(found.confidenceBefore().value()).isEqualTo(0.825);
    // 0.9 is over 0.5 and 0.75, 0.75 over 0.5 and as high as 0.75
    assertThat(found.auroc().value()).isEqualTo(3.5 / 4);
    assertThatThrownBy(
            () ->
                RemovedFigures.of(outcomes, List.of(new RemovedOption("d", 0.5, false)), BOOTSTRAP))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("'d' is not among the questions with their right option, or comes twice");
    assertThatThrownBy(
            () -> RemovedFigures.of(outcomes, List.of(removed.get(0), removed.get(0)), BOOTSTRAP))
        .hasMessageStartingWith("'b' is not among");
    assertThatThrownBy(() -> new RemovedOption("a", Double.NaN, true))
        .hasMessage("confidence is NaN, must be 0 to 1");
  }
}
