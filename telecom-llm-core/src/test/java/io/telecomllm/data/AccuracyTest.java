package io.telecomllm.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AccuracyTest {
  /**
   * By hand with z^2 = 3.841459: 5 of 10: center 0.5, half width 1.959964 sqrt(0.025 + 0.00960365)
   * / 1.3841459 = 0.263405. 0 of 10: high = z^2 / (10 + z^2). 81 of 263: Newcombe (1998), table I.
   */
  @ParameterizedTest
  @CsvSource({
    "5, 10, 0.236593, 0.763407",
    "0, 10, 0, 0.277533",
    "10, 10, 0.722467, 1",
    "81, 263, 0.2553, 0.3662",
    "15, 148, 0.0624, 0.1605",
    "1, 29, 0.0061, 0.1718"
  })
  void intervalOfWilson(int right, int count, double low, double high) {
    Accuracy accuracy = new Accuracy(right, count);
    double tolerance = count == 10 ? 1e-6 : 5e-5;
    assertThat(accuracy.low()).isCloseTo(low, within(tolerance));
    assertThat(accuracy.high()).isCloseTo(high, within(tolerance));
  }

  @Property
  void intervalHoldsTheValue(@ForAll @IntRange(min = 1, max = 2000) int count, @ForAll int seed) {
    int right = Math.floorMod(seed, count + 1);
    Accuracy accuracy = new Accuracy(right, count);
    Accuracy mirrored = new Accuracy(count - right, count);
    assertThat(accuracy.value()).isBetween(accuracy.low() - 1e-12, accuracy.high() + 1e-12);
    assertThat(accuracy.low()).isBetween(0.0, 1.0).isCloseTo(1 - mirrored.high(), within(1e-9));
  }

  @Test
  void reads() {
    assertThat(new Accuracy(50, 100)).hasToString("50.0 % [40.4, 59.6] of 100");
    assertThat(new Accuracy(0, 0)).hasToString("of 0");
    assertThat(new Accuracy(0, 0).value()).isNaN();
    assertThat(new Accuracy(0, 0).high()).isEqualTo(1);
  }

  @Test
  void moreRightThanAskedIsRefused() {
    assertThatThrownBy(() -> new Accuracy(3, 2))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("right is 3, must be 0 to the count 2");
  }

  @Test
  void wilsonsIntervalIsHisOwn() {
    // scipy: binomtest(k, n).proportion_ci(method='wilson')
    Accuracy half = new Accuracy(50, 100);
    assertThat(half.low()).isCloseTo(0.4038315303, within(1e-9));
    assertThat(half.high()).isCloseTo(0.5961684697, within(1e-9));
    Accuracy all = new Accuracy(10, 10);
    assertThat(all.low()).isCloseTo(0.7224672001, within(1e-9));
    assertThat(all.high()).isCloseTo(1, within(1e-12));
    assertThat(new Accuracy(0, 0).low()).isZero();
    assertThat(new Accuracy(0, 0).high()).isEqualTo(1);
  }
}
