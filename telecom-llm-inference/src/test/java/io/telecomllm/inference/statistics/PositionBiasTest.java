package io.telecomllm.inference.statistics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.telecomllm.inference.statistics.PositionBias.Place;
import io.telecomllm.json.JsonView;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;

/** Against scikit-learn's recalls and numpy's deviations, counted by hand, and at the edges. */
class PositionBiasTest {
  private static final double ROUNDING = 1e-12;

  @Test
  void recallsAreThoseOfScikitLearn() {
    List<JsonView> cases = Goldens.read().objects("positions");
    assertThat(cases).hasSize(3);
    for (JsonView one : cases) {
      PositionBias bias = PositionBias.of(Goldens.questions(one));
      assertThat(bias.flipRate()).isCloseTo(one.number("flipRate"), within(ROUNDING));
      assertThat(bias.recallDeviation()).isCloseTo(one.number("deviation"), within(ROUNDING));
      List<JsonView> groups = one.objects("groups");
      assertThat(bias.places())
          .hasSize(groups.stream().mapToInt(g -> g.list("chosen").size()).sum());
      for (JsonView group : groups) {
        List<Double> recalls = group.numbers("recalls");
        int options = recalls.size();
        List<Place> own = bias.places().stream().filter(p -> p.options() == options).toList();
        assertThat(bias.recallDeviation(options))
            .isCloseTo(group.number("deviation"), within(ROUNDING));
        assertThat(own).extracting(p -> (long) p.place()).containsExactlyElementsOf(range(options));
        assertThat(own)
            .extracting(p -> (long) p.chosen())
            .containsExactlyElementsOf(group.integers("chosen", 0, 1000));
        assertThat(own)
            .extracting(p -> (long) p.answers())
            .containsExactlyElementsOf(group.integers("answers", 0, 1000));
        for (int i = 0; i < options; i++) {
          assertThat(own.get(i).recall()).isCloseTo(recalls.get(i), within(ROUNDING));
        }
      }
    }
  }

  private static List<Long> range(int end) {
    return IntStream.range(0, end).mapToObj(i -> (long) i).toList();
  }

  private static Reading reading(List<Integer> order, double... places) {
    return new Reading(order, OptionProbabilities.of(places));
  }

  /** The same shares at the places in each rotation: only the places count. */
  private static QuestionReadings stubborn(int answer, double... places) {
    List<Reading> readings = new ArrayList<>();
    for (int by = 0; by < places.length; by++) {
      List<Integer> order = new ArrayList<>(IntStream.range(0, places.length).boxed().toList());
      Collections.rotate(order, by);
      readings.add(reading(order, places));
    }
    return new QuestionReadings(readings, answer);
  }

  @Test
  void aModelThatSeesOnlyPlacesFlipsEveryQuestion() {
    PositionBias bias =
        PositionBias.of(List.of(stubborn(0, 0.2, 0.8), stubborn(1, 0.1, 0.2, 0.3, 0.4)));
    assertThat(bias)
        .isEqualTo(
            new PositionBias(
                2,
                2,
                List.of(
                    new Place(2, 0, 0, 1, 0),
                    new Place(2, 1, 2, 1, 1),
                    new Place(4, 0, 0, 1, 0),
                    new Place(4, 1, 0, 1, 0),
                    new Place(4, 2, 0, 1, 0),
                    new Place(4, 3, 4, 1, 1))));
    assertThat(bias.flipRate()).isEqualTo(1);
    assertThat(bias.recallDeviation(2)).isEqualTo(0.5);
    // recalls of 0, 0, 0, 1
    assertThat(bias.recallDeviation(4)).isCloseTo(Math.sqrt(3) / 4, within(ROUNDING));
    // recalls of 0, 1/2, 0, 1
    assertThat(bias.recallDeviation()).isCloseTo(Math.sqrt(11) / 8, within(ROUNDING));
  }

  @Test
  void placesWithoutTheRightOptionHaveNoRecall() {
    List<Integer> order = List.of(0, 1, 2);
    PositionBias bias =
        PositionBias.of(
            List.of(
                new QuestionReadings(List.of(reading(order, 0.5, 0.3, 0.2)), 0),
                new QuestionReadings(List.of(reading(order, 0.5, 0.3, 0.2)), 1)));
    assertThat(bias.places().get(2).recall()).isNaN();
    assertThat(bias.recallDeviation()).isEqualTo(0.5);
    assertThat(bias.recallDeviation(3)).isEqualTo(0.5);
  }

  @Test
  void questionsReadOnceHaveNoFlipRate() {
    QuestionReadings once = new QuestionReadings(List.of(reading(List.of(1, 0), 0.6, 0.4)), 1);
    PositionBias bias = PositionBias.of(List.of(once));
    assertThat(bias.repeated()).isEqualTo(0);
    assertThat(bias.flipRate()).isNaN();
    assertThat(bias.recallDeviation()).isEqualTo(0);
    // they do not count among those that are read again
    assertThat(PositionBias.of(List.of(once, stubborn(0, 0.6, 0.4))).flipRate()).isEqualTo(1);
  }

  @Test
  void theFlipRateHasAnInterval() {
    List<QuestionReadings> questions = new ArrayList<>();
    for (int i = 0; i < 40; i++) {
      QuestionReadings flipped = stubborn(i % 2, 0.6, 0.4);
      Reading first = flipped.readings().get(0);
      questions.add(i < 10 ? flipped : new QuestionReadings(List.of(first, first), 0));
    }
    Estimate estimate =
        Bootstrap.seeded(1).estimate(questions, some -> PositionBias.of(some).flipRate());
    assertThat(estimate.value()).isEqualTo(0.25);
    assertThat(estimate.low()).isBetween(0.05, 0.2);
    assertThat(estimate.high()).isBetween(0.3, 0.45);
  }

  @Provide
  Arbitrary<List<QuestionReadings>> questions() {
    return Arbitraries.integers()
        .between(2, 5)
        .flatMap(
            options ->
                Combinators.combine(
                        readings(options).list().ofMinSize(1).ofMaxSize(5),
                        Arbitraries.integers().between(0, options - 1))
                    .as(QuestionReadings::new))
        .list()
        .ofMinSize(1)
        .ofMaxSize(20);
  }

  private static Arbitrary<Reading> readings(int options) {
    List<Integer> order = IntStream.range(0, options).boxed().toList();
    return Combinators.combine(
            Arbitraries.shuffle(order), Arbitraries.integers().between(1, 4).list().ofSize(options))
        .as((shuffled, parts) -> new Reading(shuffled, shares(parts)));
  }

  private static OptionProbabilities shares(List<Integer> parts) {
    double sum = parts.stream().mapToInt(p -> p).sum();
    return new OptionProbabilities(parts.stream().map(p -> p / sum).toList());
  }

  @Property(tries = 200)
  void theFiguresAreInTheirRanges(@ForAll("questions") List<QuestionReadings> questions) {
    PositionBias bias = PositionBias.of(questions);
    if (bias.repeated() > 0) {
      assertThat(bias.flipRate()).isBetween(0.0, 1.0);
    }
    assertThat(bias.recallDeviation()).isBetween(0.0, 0.5);
    int readings = questions.stream().mapToInt(q -> q.readings().size()).sum();
    assertThat(bias.places().stream().mapToInt(Place::chosen).sum()).isEqualTo(readings);
    assertThat(bias.places().stream().mapToInt(Place::answers).sum()).isEqualTo(readings);
    long right =
        questions.stream()
            .mapToLong(q -> q.readings().stream().filter(r -> r.option() == q.answer()).count())
            .sum();
    assertThat(bias.places().stream().mapToInt(Place::right).sum()).isEqualTo((int) right);
  }

  @Property(tries = 200)
  void theSameOrderAgainFlipsNothing(@ForAll("questions") List<QuestionReadings> questions) {
    List<QuestionReadings> again =
        questions.stream()
            .map(
                q -> {
                  Reading first =
                      new Reading(
                          IntStream.range(0, q.options()).boxed().toList(),
                          q.readings().get(0).places());
                  return new QuestionReadings(
                      Collections.nCopies(q.readings().size() + 1, first), q.answer());
                })
            .toList();
    assertThat(PositionBias.of(again).flipRate()).isEqualTo(0);
  }

  @Property(tries = 100)
  void theOrderOfQuestionsAndReadingsIsNoMatter(
      @ForAll("questions") List<QuestionReadings> questions, @ForAll long seed) {
    List<QuestionReadings> shuffled = new ArrayList<>();
    for (QuestionReadings question : questions) {
      List<Reading> readings = new ArrayList<>(question.readings());
      Collections.shuffle(readings, new Random(seed));
      shuffled.add(new QuestionReadings(readings, question.answer()));
    }
    Collections.shuffle(shuffled, new Random(seed));
    assertThat(PositionBias.of(shuffled)).isEqualTo(PositionBias.of(questions));
  }

  @Test
  void wrongValuesAreNamed() {
    assertThatThrownBy(() -> PositionBias.of(List.of()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("there are no questions, expected at least one");
    assertThatThrownBy(
            () ->
                PositionBias.of(List.of(stubborn(0, 1, 0), stubborn(0, 1, 0, 0)))
                    .recallDeviation(4))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("no question has 4 options, only [2, 3]");
    assertThatThrownBy(() -> new PositionBias(1, 2, List.of()))
        .hasMessage("flipped is 2, must be 0 to 1");
    assertThatThrownBy(() -> new Place(1, 0, 0, 0, 0)).hasMessage("1 options, must be 2 to 30");
    assertThatThrownBy(() -> new Place(4, 4, 0, 0, 0)).hasMessage("place is 4, must be 0 to 3");
    assertThatThrownBy(() -> new Place(4, 0, 3, 2, 3)).hasMessage("right is 3, must be 0 to 2");
    assertThatThrownBy(() -> new Place(4, 0, 0, -1, 0)).hasMessage("right is 0, must be 0 to -1");
  }
}
