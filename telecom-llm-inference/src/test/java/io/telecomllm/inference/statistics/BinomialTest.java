package io.telecomllm.inference.statistics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.telecomllm.json.JsonView;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

/** {@link ClopperPearson} and {@link McNemar} against statsmodels, scipy and sums of terms. */
class BinomialTest {
  private static final double ROUNDING = 1e-11;

  @Test
  void intervalsAreThoseOfStatsmodelsAndScipy() {
    List<List<Double>> cases = Goldens.rows(Goldens.read(), "binomial");
    assertThat(cases).hasSizeGreaterThan(30);
    for (List<Double> one : cases) {
      int right = one.get(0).intValue();
      int count = one.get(1).intValue();
      double level = one.get(2);
      Estimate interval = ClopperPearson.interval(right, count, level);
      String name = right + " of " + count;
      assertThat(interval.value()).as(name).isEqualTo((double) right / count);
      assertThat(interval.low()).as(name).isCloseTo(one.get(3), within(ROUNDING));
      assertThat(interval.high()).as(name).isCloseTo(one.get(4), within(ROUNDING));
      assertThat(ClopperPearson.lowerBound(right, count, level))
          .as(name)
          .isCloseTo(one.get(5), within(ROUNDING));
      assertThat(ClopperPearson.pValue(right, count, 0.7))
          .as(name)
          .isCloseTo(one.get(6), within(ROUNDING));
    }
  }

  /** The probability of each number of right answers. */
  private static double[] terms(int count, double share) {
    double[] terms = new double[count + 1];
    terms[0] = 1;
    for (int question = 0; question < count; question++) {
      for (int right = question + 1; right >= 0; right--) {
        terms[right] = terms[right] * (1 - share) + (right == 0 ? 0 : terms[right - 1] * share);
      }
    }
    return terms;
  }

  @Property(tries = 200)
  void theIntervalCoversAtLeastTheLevel(
      @ForAll @IntRange(min = 0, max = 80) int count,
      @ForAll @DoubleRange(min = 0, max = 1) double share,
      @ForAll @DoubleRange(min = 0.05, max = 0.99) double level) {
    double[] terms = terms(count, share);
    double covered = 0;
    double bounded = 0;
    for (int right = 0; right <= count; right++) {
      covered += ClopperPearson.interval(right, count, level).contains(share) ? terms[right] : 0;
      bounded += ClopperPearson.lowerBound(right, count, level) <= share ? terms[right] : 0;
    }
    assertThat(covered).isGreaterThanOrEqualTo(level - ROUNDING);
    assertThat(bounded).isGreaterThanOrEqualTo(level - ROUNDING);
  }

  @Property(tries = 200)
  void pValuesAreSumsOfTerms(
      @ForAll @IntRange(min = 0, max = 80) int count,
      @ForAll @IntRange(min = 0, max = 80) int some,
      @ForAll @DoubleRange(min = 0, max = 1) double share) {
    int right = Math.min(some, count);
    double[] terms = terms(count, share);
    double tail = 0;
    for (int i = right; i <= count; i++) {
      tail += terms[i];
    }
    assertThat(ClopperPearson.pValue(right, count, share)).isCloseTo(tail, within(ROUNDING));
  }

  @Test
  void theEndsAreExact() {
    assertThat(ClopperPearson.interval(0, 0, 0.95).low()).isEqualTo(0);
    assertThat(ClopperPearson.interval(0, 0, 0.95).high()).isEqualTo(1);
    assertThat(ClopperPearson.interval(0, 0, 0.95).value()).isNaN();
    assertThat(ClopperPearson.interval(0, 50, 0.95).low()).isEqualTo(0);
    assertThat(ClopperPearson.interval(0, 50, 0.95).high())
        .isCloseTo(1 - Math.pow(0.025, 1 / 50.0), within(1e-14));
    assertThat(ClopperPearson.interval(50, 50, 0.95).high()).isEqualTo(1);
    assertThat(ClopperPearson.lowerBound(50, 50, 0.95))
        .isCloseTo(Math.pow(0.05, 1 / 50.0), within(1e-14));
    assertThat(ClopperPearson.lowerBound(0, 50, 0.95)).isEqualTo(0);
    assertThat(ClopperPearson.interval(1, 1, 0.95)).hasToString("1.000 [0.025, 1.000]");
  }

  @Test
  void theFewestQuestionsForAPromise() {
    assertThat(ClopperPearson.questionsNeeded(0.9, 0.95)).isEqualTo(29);
    assertThat(ClopperPearson.questionsNeeded(0.95, 0.95)).isEqualTo(59);
    assertThat(ClopperPearson.questionsNeeded(0.99, 0.99)).isEqualTo(459);
    // 0.5 squared is the error exactly
    assertThat(ClopperPearson.questionsNeeded(0.5, 0.75)).isEqualTo(2);
    assertThat(ClopperPearson.questionsNeeded(0.01, 0.5)).isEqualTo(1);
    for (int percent = 1; percent < 100; percent++) {
      int needed = ClopperPearson.questionsNeeded(percent / 100.0, 0.9);
      assertThat(Math.pow(percent / 100.0, needed)).isLessThanOrEqualTo(0.1 + 1e-12);
      assertThat(Math.pow(percent / 100.0, needed - 1)).isGreaterThan(0.1 - 1e-12);
    }
  }

  @Test
  void mcNemarIsThatOfStatsmodels() {
    List<List<Double>> cases = Goldens.rows(Goldens.read(), "mcnemar");
    assertThat(cases).hasSize(9);
    for (List<Double> one : cases) {
      double found = new McNemar(one.get(0).intValue(), one.get(1).intValue()).pValue();
      assertThat(found / one.get(2)).as("%s", one).isCloseTo(1, within(1e-10));
    }
    assertThat(new McNemar(0, 0).pValue()).isEqualTo(1);
    assertThat(new McNemar(Integer.MAX_VALUE, Integer.MAX_VALUE).pValue()).isEqualTo(1);
    assertThat(new McNemar(0, Integer.MAX_VALUE).pValue()).isEqualTo(0);
  }

  @Property(tries = 100)
  void mcNemarIsASumOfTerms(
      @ForAll @IntRange(min = 0, max = 40) int first,
      @ForAll @IntRange(min = 0, max = 40) int second) {
    double[] terms = terms(first + second, 0.5);
    double tail = 0;
    for (int i = 0; i <= Math.min(first, second); i++) {
      tail += terms[i];
    }
    assertThat(new McNemar(first, second).pValue())
        .isCloseTo(Math.min(1, 2 * tail), within(ROUNDING))
        .isEqualTo(new McNemar(second, first).pValue());
  }

  @Test
  void mcNemarCountsWhereTwoDiffer() {
    JsonView paired = Goldens.read().object("paired");
    List<Boolean> a = Goldens.booleans(paired, "first");
    List<Boolean> b = Goldens.booleans(paired, "second");
    McNemar test = McNemar.of(graded(a), graded(b));
    int less = 0;
    for (int i = 0; i < a.size(); i++) {
      less += Boolean.compare(a.get(i), b.get(i));
    }
    assertThat(test.onlyFirst() - test.onlySecond()).isEqualTo(less);
    McNemar swapped = McNemar.of(graded(b), graded(a));
    assertThat(swapped.onlyFirst()).isEqualTo(test.onlySecond());
    assertThat(swapped.onlySecond()).isEqualTo(test.onlyFirst());
    assertThat(McNemar.of(List.of(), List.of())).isEqualTo(new McNemar(0, 0));
    assertThatThrownBy(() -> McNemar.of(graded(a), List.of()))
        .hasMessage("400 answers of the first and 0 of the second, must be to the same questions");
  }

  static List<GradedAnswer> graded(List<Boolean> right) {
    return right.stream().map(r -> new GradedAnswer(0.5, r)).toList();
  }

  @Test
  void wrongValuesAreNamed() {
    assertThatThrownBy(() -> ClopperPearson.interval(3, 2, 0.95))
        .hasMessage("right is 3, must be 0 to the count 2");
    assertThatThrownBy(() -> ClopperPearson.interval(-1, 2, 0.95)).hasMessageContaining("-1");
    assertThatThrownBy(() -> ClopperPearson.lowerBound(1, 2, 1))
        .hasMessage("level is 1.0, must be over 0 and under 1");
    assertThatThrownBy(() -> ClopperPearson.lowerBound(1, 2, Double.NaN))
        .hasMessage("level is NaN, must be over 0 and under 1");
    assertThatThrownBy(() -> ClopperPearson.pValue(1, 2, Double.NaN))
        .hasMessage("accuracy is NaN, must be 0 to 1");
    assertThatThrownBy(() -> ClopperPearson.questionsNeeded(1, 0.9))
        .hasMessage("target is 1.0, must be over 0 and under 1");
    assertThatThrownBy(() -> new McNemar(-1, 0)).hasMessageContaining("must be at least 0");
    assertThat(ClopperPearson.questionsNeeded(1 - 1e-12, 0.9)).isEqualTo(Integer.MAX_VALUE);
  }
}
