package io.telecomllm.training.sweep;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class MedianRuleTest {
  private static final int EVALUATIONS = 4;

  @Test
  void strictlyWorseThanTheMedianOfTheMeansIsPruned() {
    MedianRule rule = new MedianRule(2);
    // means up to the second: 2, 3, 5; the median is 3
    List<List<Double>> completed =
        List.of(List.of(3.0, 1.0, 0.0), List.of(4.0, 2.0, 9.0), List.of(6.0, 4.0, 1.0));
    assertThat(rule.prunes(List.of(4.0, 3.0), completed)).isFalse();
    assertThat(rule.prunes(List.of(4.0, 3.1), completed)).isTrue();
    // the best so far counts, not the last
    assertThat(rule.prunes(List.of(2.9, 8.0), completed)).isFalse();
    // of two, the middle between them: 2.5
    assertThat(rule.prunes(List.of(2.5, 2.5), completed.subList(0, 2))).isFalse();
    assertThat(rule.prunes(List.of(2.6, 2.6), completed.subList(0, 2))).isTrue();
    assertThat(rule.prunes(List.of(9.0, 9.0), completed.subList(0, 1))).isFalse();
    assertThat(rule.prunes(List.of(Double.NaN), completed)).isFalse();
  }

  @Provide
  Arbitrary<List<List<Double>>> completed() {
    // few values, so that equal ones come up
    return Arbitraries.integers()
        .between(1, 9)
        .map(i -> i / 2.0)
        .list()
        .ofSize(EVALUATIONS)
        .list()
        .ofMaxSize(7);
  }

  /** Word by word as the paper has it: count those below and above. */
  private static boolean naive(List<Double> losses, List<List<Double>> completed) {
    List<Double> means = new ArrayList<>();
    for (List<Double> all : completed) {
      double sum = 0;
      for (int s = 0; s < losses.size(); s++) {
        sum += all.get(s);
      }
      means.add(sum / losses.size());
    }
    Collections.sort(means);
    while (means.size() > 2) {
      means.remove(means.size() - 1);
      means.remove(0);
    }
    double median = means.size() == 2 ? (means.get(0) + means.get(1)) / 2 : means.get(0);
    return losses.stream().allMatch(loss -> loss > median);
  }

  @Property
  void isWhatANaiveReadingSays(
      @ForAll("completed") List<List<Double>> completed,
      @ForAll @IntRange(min = 1, max = EVALUATIONS) int evaluated,
      @ForAll @IntRange(min = 1, max = 4) int least,
      @ForAll @IntRange(min = 1, max = 9) int first) {
    List<Double> losses = new ArrayList<>();
    for (int s = 0; s < evaluated; s++) {
      losses.add((first + s * 7 % 5) / 2.0);
    }
    boolean expected = completed.size() >= least && naive(losses, completed);
    assertThat(new MedianRule(least).prunes(losses, completed)).isEqualTo(expected);
  }
}
