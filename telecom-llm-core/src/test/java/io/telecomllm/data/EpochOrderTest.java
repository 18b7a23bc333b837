package io.telecomllm.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class EpochOrderTest {
  @Property(tries = 300)
  void anOrderVisitsEachItemOnce(
      @ForAll @IntRange(max = 500) int n, @ForAll long seed, @ForAll @IntRange int epoch) {
    int[] order = EpochOrder.order(n, seed, epoch);
    assertThat(order).containsExactlyInAnyOrder(IntStream.range(0, n).toArray());
    assertThat(EpochOrder.order(n, seed, epoch)).isEqualTo(order);
  }

  @Test
  void everyItemComesToEveryPlaceEquallyOften() {
    int n = 7;
    int draws = 14_000;
    int[][] seen = new int[n][n];
    for (int epoch = 0; epoch < draws; epoch++) {
      int[] order = EpochOrder.order(n, 3407, epoch);
      for (int i = 0; i < n; i++) {
        seen[i][order[i]]++;
      }
    }
    // each of 49 counts is 2000; 5 standard deviations are 207
    assertThat(Arrays.stream(seen).flatMapToInt(Arrays::stream).boxed())
        .allSatisfy(count -> assertThat(count).isBetween(1793, 2207));
  }

  @Test
  void anotherSeedOrEpochIsAnotherOrder() {
    long different =
        IntStream.range(0, 100)
            .boxed()
            .flatMap(
                i ->
                    IntStream.of(0, 1)
                        .mapToObj(
                            side ->
                                Arrays.toString(
                                    side == 0
                                        ? EpochOrder.order(50, i, 0)
                                        : EpochOrder.order(50, 0, i + 1))))
            .distinct()
            .count();
    assertThat(different).isEqualTo(200);
  }

  @Test
  void theOrderIsTheSameInEveryJvm() {
    // written down: a change here changes every run that is resumed
    assertThat(EpochOrder.order(8, 3407, 1)).containsExactly(6, 1, 2, 4, 5, 3, 7, 0);
  }

  @Test
  void theGeneratorIsSplitMix64() {
    for (long seed : new long[] {0, 1, -1, 3407, Long.MIN_VALUE}) {
      SplittableRandom oracle = new SplittableRandom(seed);
      SplitMix64 random = new SplitMix64(seed);
      for (int i = 0; i < 100; i++) {
        assertThat(random.next()).isEqualTo(oracle.nextLong());
      }
    }
    assertThat(SplitMix64.of(1, 2).next()).isNotEqualTo(SplitMix64.of(2, 1).next());
    assertThat(SplitMix64.of(0).next()).isNotEqualTo(SplitMix64.of(0, 0).next());
  }

  @Test
  void mistakesAreNamed() {
    assertThatThrownBy(() -> EpochOrder.order(-1, 0, 0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("n is -1, expected 0 or more");
    assertThatThrownBy(() -> EpochOrder.order(1, 0, -2))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("epoch is -2, expected 0 or more");
  }
}
