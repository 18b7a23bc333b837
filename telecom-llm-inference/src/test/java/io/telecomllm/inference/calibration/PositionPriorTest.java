package io.telecomllm.inference.calibration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.telecomllm.inference.statistics.Goldens;
import io.telecomllm.inference.statistics.OptionProbabilities;
import io.telecomllm.inference.statistics.PositionBias;
import io.telecomllm.inference.statistics.QuestionReadings;
import io.telecomllm.inference.statistics.Reading;
import io.telecomllm.json.JsonView;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;

/** Against numpy, on models whose prior is known, and at the edges. */
class PositionPriorTest {
  private static final double ROUNDING = 1e-12;

  @Test
  void priorsAndDebiasedProbabilitiesAreThoseOfNumpy() {
    List<JsonView> cases = Goldens.read().objects("prior");
    assertThat(cases).hasSize(2);
    for (JsonView one : cases) {
      PositionPrior prior =
          PositionPrior.fit(
              Goldens.questions(one).stream().map(QuestionReadings::readings).toList());
      List<List<Double>> shares = Goldens.rows(one, "shares");
      assertThat(prior.shares()).hasSameSizeAs(shares);
      for (int i = 0; i < shares.size(); i++) {
        assertClose(prior.shares().get(i), shares.get(i));
      }
      List<OptionProbabilities> places = Goldens.probabilities(one, "places");
      List<List<Double>> debiased = Goldens.rows(one, "debiased");
      for (int i = 0; i < debiased.size(); i++) {
        assertClose(prior.debias(places.get(i)).values(), debiased.get(i));
      }
    }
  }

  private static void assertClose(List<Double> actual, List<Double> expected) {
    assertThat(actual).hasSameSizeAs(expected);
    for (int i = 0; i < expected.size(); i++) {
      assertThat(actual.get(i)).isCloseTo(expected.get(i), within(ROUNDING));
    }
  }

  private static List<Integer> rotation(int options, int by) {
    List<Integer> order = new ArrayList<>(IntStream.range(0, options).boxed().toList());
    Collections.rotate(order, by);
    return order;
  }

  /** What a model reads whose probability of a place is its prior times the option's content. */
  private static Reading read(
      OptionProbabilities content, List<Double> prior, List<Integer> order) {
    double[] weights =
        IntStream.range(0, order.size())
            .mapToDouble(place -> content.values().get(order.get(place)) * prior.get(place))
            .toArray();
    return new Reading(order, shares(weights));
  }

  private static List<Reading> readAll(OptionProbabilities content, List<Double> prior) {
    return IntStream.range(0, prior.size())
        .mapToObj(by -> read(content, prior, rotation(prior.size(), by)))
        .toList();
  }

  private static OptionProbabilities shares(double... weights) {
    double sum = IntStream.range(0, weights.length).mapToDouble(i -> weights[i]).sum();
    return new OptionProbabilities(
        IntStream.range(0, weights.length).mapToObj(i -> weights[i] / sum).toList());
  }

  private static OptionProbabilities random(Random random, int options) {
    return shares(random.doubles(options, -4, 4).map(Math::exp).toArray());
  }

  @Provide
  Arbitrary<List<Double>> priors() {
    return Arbitraries.doubles()
        .between(0.01, 1)
        .list()
        .ofMinSize(2)
        .ofMaxSize(7)
        .map(parts -> shares(parts.stream().mapToDouble(p -> p).toArray()).values());
  }

  @Property(tries = 100)
  void aModelOfContentTimesPriorIsDebiasedToTheContent(
      @ForAll("priors") List<Double> known, @ForAll long seed) {
    Random random = new Random(seed);
    int options = known.size();
    List<List<Reading>> questions = new ArrayList<>();
    for (int i = 0; i < PositionPrior.FEWEST; i++) {
      questions.add(readAll(random(random, options), known));
    }
    PositionPrior prior = PositionPrior.fit(questions);
    assertThat(prior.shares()).hasSize(1);
    assertClose(prior.shares().get(0), known);
    OptionProbabilities content = random(random, options);
    List<Integer> order = rotation(options, 0);
    Collections.shuffle(order, random);
    Reading reading = read(content, known, order);
    Reading debiased = new Reading(order, prior.debias(reading.places()));
    assertClose(debiased.probabilities().values(), content.values());
  }

  @Property(tries = 200)
  void aPriorOfEqualSharesChangesNothing(@ForAll("priors") List<Double> places) {
    PositionPrior equal =
        new PositionPrior(List.of(Collections.nCopies(places.size(), 1.0 / places.size())));
    assertClose(equal.debias(new OptionProbabilities(places)).values(), places);
  }

  @Property(tries = 200)
  void debiasedProbabilitiesAreProportionalToTheQuotients(
      @ForAll("priors") List<Double> places, @ForAll long seed) {
    List<Double> known = random(new Random(seed), places.size()).values();
    List<Double> debiased =
        new PositionPrior(List.of(known)).debias(new OptionProbabilities(places)).values();
    double[] quotients =
        IntStream.range(0, places.size()).mapToDouble(i -> places.get(i) / known.get(i)).toArray();
    assertClose(debiased, shares(quotients).values());
  }

  @Test
  void aDebiasedModelNoLongerFlips() {
    Random random = new Random(4);
    List<Double> known = List.of(0.6, 0.1, 0.2, 0.1);
    List<List<Reading>> questions = new ArrayList<>();
    for (int i = 0; i < 50; i++) {
      questions.add(readAll(random(random, 4), known));
    }
    PositionPrior prior = PositionPrior.fit(questions.subList(0, 10));
    assertThat(bias(questions).flipRate()).isGreaterThan(0.2);
    List<List<Reading>> debiased =
        questions.stream()
            .map(
                readings ->
                    readings.stream()
                        .map(r -> new Reading(r.order(), prior.debias(r.places())))
                        .toList())
            .toList();
    assertThat(bias(debiased).flipRate()).isEqualTo(0);
  }

  private static PositionBias bias(List<List<Reading>> questions) {
    return PositionBias.of(
        questions.stream().map(readings -> new QuestionReadings(readings, 0)).toList());
  }

  @Test
  void withoutAPriorOfTheirNumberProbabilitiesStayAsTheyAre() {
    PositionPrior prior = new PositionPrior(List.of(List.of(0.8, 0.2)));
    OptionProbabilities three = OptionProbabilities.of(0.5, 0.5, 0);
    assertThat(prior.debias(three)).isSameAs(three);
  }

  /** The odds of 2^-52 to 1 are multiplied by 4. */
  @Test
  void zeroCountsAsTheLeastProbability() {
    PositionPrior prior = new PositionPrior(List.of(List.of(0.2, 0.8)));
    assertThat(prior.debias(OptionProbabilities.of(0, 1)).values().get(0))
        .isCloseTo(0x1p-50, within(0x1p-80));
    List<Reading> sure =
        List.of(
            new Reading(List.of(0, 1), OptionProbabilities.of(0, 1)),
            new Reading(List.of(1, 0), OptionProbabilities.of(0, 1)));
    PositionPrior second = PositionPrior.fit(Collections.nCopies(PositionPrior.FEWEST, sure));
    assertThat(second.shares().get(0).get(0)).isCloseTo(0x1p-52, within(0x1p-80));
    assertThat(second.debias(OptionProbabilities.of(0, 1)).values().get(0))
        .isCloseTo(0.5, within(ROUNDING));
    PositionPrior extreme = new PositionPrior(List.of(List.of(Double.MIN_VALUE, 1.0)));
    assertThat(extreme.debias(OptionProbabilities.of(1, 0)).values()).containsExactly(1.0, 0.0);
  }

  @Test
  void questionsThatAreNotAFullSetAreSkipped() {
    List<Double> known = List.of(0.5, 0.3, 0.2);
    OptionProbabilities content = OptionProbabilities.of(0.1, 0.2, 0.7);
    List<Reading> full = readAll(content, known);
    List<Reading> pair = readAll(OptionProbabilities.of(0.4, 0.6), List.of(0.9, 0.1));
    List<List<Reading>> questions = new ArrayList<>(Collections.nCopies(10, full));
    // one reading is missing, one is there twice, the last option stays, none at all, two questions
    questions.add(full.subList(0, 2));
    questions.add(List.of(full.get(0), full.get(1), full.get(1)));
    questions.add(
        List.of(
            read(content, known, List.of(0, 1, 2)),
            read(content, known, List.of(1, 0, 2)),
            read(content, known, List.of(0, 1, 2))));
    questions.add(List.of());
    questions.add(List.of(pair.get(0), full.get(0)));
    // too few with two options
    questions.addAll(Collections.nCopies(9, pair));
    PositionPrior prior = PositionPrior.fit(questions);
    assertThat(prior.shares()).hasSize(1);
    assertClose(prior.shares().get(0), known);
    questions.add(pair);
    PositionPrior both = PositionPrior.fit(questions);
    assertThat(both.shares()).hasSize(2);
    assertClose(both.shares().get(0), List.of(0.9, 0.1));
  }

  @Test
  void tooFewQuestionsSayHowManyAreNeeded() {
    List<Reading> three = readAll(OptionProbabilities.of(0.1, 0.2, 0.7), List.of(0.5, 0.3, 0.2));
    List<Reading> two = readAll(OptionProbabilities.of(0.4, 0.6), List.of(0.9, 0.1));
    List<List<Reading>> questions = new ArrayList<>(Collections.nCopies(9, three));
    questions.add(two);
    questions.add(three.subList(0, 1));
    assertThatThrownBy(() -> PositionPrior.fit(questions))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "of 11 questions, those read with each option at each place are 1 with 2 options, 9"
                + " with 3 options, at least 10 with the same number of options are needed");
    assertThatThrownBy(() -> PositionPrior.fit(List.of()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "of 0 questions, those read with each option at each place are none, at least 10 with"
                + " the same number of options are needed");
  }

  @Test
  void wrongValuesAreNamed() {
    assertThatThrownBy(() -> new PositionPrior(List.of()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("there are no priors, expected at least one");
    assertThatThrownBy(() -> new PositionPrior(List.of(List.of(0.5, 0.4))))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("probabilities are [0.5, 0.4], must be 0 to 1 and sum to 1");
    assertThatThrownBy(() -> new PositionPrior(List.of(List.of(1.0))))
        .hasMessage("1 options, must be 2 to 30");
    assertThatThrownBy(() -> new PositionPrior(List.of(List.of(0.0, 1.0))))
        .hasMessage("priors are [[0.0, 1.0]], must be over 0");
    assertThatThrownBy(() -> new PositionPrior(List.of(List.of(0.5, 0.5), List.of(0.6, 0.4))))
        .hasMessage("priors of [2, 2] options, must be of different numbers");
  }
}
