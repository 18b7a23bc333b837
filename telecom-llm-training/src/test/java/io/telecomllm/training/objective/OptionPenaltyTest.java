package io.telecomllm.training.objective;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.telecomllm.training.settings.PenaltyConfig;
import java.util.Arrays;
import java.util.Random;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import net.jqwik.api.Assume;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

/** The penalty of a question against its formula, finite differences, samples, and a bandit. */
class OptionPenaltyTest {
  private static final double[] LOGITS = {0.4, -1.3, 2.1, 0.2, 0.9};
  private static final float[] REFUTED = {0.5f, 0, 1, 0.25f};

  private static PenaltyConfig config(double cost, double brier) {
    return new PenaltyConfig(1, cost, brier, 0, 0.6, 1.5, 2, 0, 0);
  }

  @Test
  void theValueIsThatOfTheFormula() {
    double[] e = Arrays.stream(LOGITS).map(Math::exp).toArray();
    double all = Arrays.stream(e).sum();
    double options = all - e[4];
    // option 1 is right; c(wrong) = 1.5 (1 + 2 refuted), c(not known) = 0.6
    double cost = (e[0] * 1.5 * 2 + e[2] * 1.5 * 3 + e[3] * 1.5 * 1.5 + e[4] * 0.6) / all;
    double brier = Math.pow(e[1] / options - 1, 2);
    for (int wrong : new int[] {0, 2, 3}) {
      brier += Math.pow(e[wrong] / options, 2);
    }
    assertThat(OptionPenalty.of(config(2, 0), LOGITS, 1, REFUTED).value())
        .isCloseTo(2 * cost, within(1e-12));
    assertThat(OptionPenalty.of(config(0, 3), LOGITS, 1, REFUTED).value())
        .isCloseTo(3 * brier, within(1e-12));
    assertThat(OptionPenalty.of(config(2, 3), LOGITS, 1, REFUTED).value())
        .isCloseTo(2 * cost + 3 * brier, within(1e-12));
  }

  @Test
  void whereNothingIsRightNotToAnswerCostsNothing() {
    double[] e = Arrays.stream(LOGITS).map(Math::exp).toArray();
    double cost = (e[0] * 3 + e[1] * 1.5 + e[2] * 4.5 + e[3] * 2.25) / Arrays.stream(e).sum();
    assertThat(OptionPenalty.of(config(1, 1), LOGITS, -1, REFUTED).value())
        .isCloseTo(cost, within(1e-12));
  }

  @Property(tries = 200)
  void theGradientIsThatOfFiniteDifferences(
      @ForAll long seed, @ForAll @IntRange(min = 2, max = 9) int options, @ForAll boolean abstain) {
    Random random = new Random(seed);
    double[] logits = random.doubles(options + (abstain ? 1 : 0), -4, 4).toArray();
    float[] refuted = new float[options];
    IntStream.range(0, options).forEach(i -> refuted[i] = random.nextFloat());
    int right = random.nextInt(options + 1) - 1;
    for (PenaltyConfig config : new PenaltyConfig[] {config(1.3, 0), config(0, 0.7)}) {
      double[] gradient = OptionPenalty.of(config, logits, right, refuted).gradient();
      for (int i = 0; i < logits.length; i++) {
        double[] up = logits.clone();
        double[] down = logits.clone();
        up[i] += 1e-5;
        down[i] -= 1e-5;
        double difference =
            OptionPenalty.of(config, up, right, refuted).value()
                - OptionPenalty.of(config, down, right, refuted).value();
        assertThat(gradient[i]).isCloseTo(difference / 2e-5, within(1e-8));
      }
      // a constant added to all logits changes nothing
      assertThat(Arrays.stream(gradient).sum()).isCloseTo(0, within(1e-12));
    }
  }

  /** Samples answers, rewards each with its negative cost, and averages reward grad log p. */
  @Test
  void theGradientOfTheCostIsThePolicyGradientWithoutSampling() {
    double[] exact = OptionPenalty.of(config(1, 0), LOGITS, 1, REFUTED).gradient();
    double[] e = Arrays.stream(LOGITS).map(Math::exp).toArray();
    double all = Arrays.stream(e).sum();
    double[] costs = {3, 0, 4.5, 2.25, 0.6};
    double baseline = IntStream.range(0, 5).mapToDouble(i -> e[i] / all * costs[i]).sum();
    Random random = new Random(17);
    int samples = 100_000;
    double[] sampled = new double[5];
    for (int s = 0; s < samples; s++) {
      double left = random.nextDouble() * all;
      int answer = 0;
      while (answer < 4 && left >= e[answer]) {
        left -= e[answer++];
      }
      for (int i = 0; i < 5; i++) {
        double score = (i == answer ? 1 : 0) - e[i] / all;
        sampled[i] += (costs[answer] - baseline) * score / samples;
      }
    }
    double off = 0;
    double norm = 0;
    for (int i = 0; i < 5; i++) {
      off += Math.pow(sampled[i] - exact[i], 2);
      norm += Math.pow(exact[i], 2);
    }
    assertThat(Math.sqrt(off / norm)).isLessThan(0.01);
  }

  private static PenaltyConfig group(int size) {
    return new PenaltyConfig(0, 1.4, 0.3, 0, 0.6, 1.5, 2, 0, size);
  }

  /** The formula of GRPO with the answers that the seed draws: rewards, advantages, grad log p. */
  @Property(tries = 100)
  void aGroupsGradientIsThatOfItsAdvantages(
      @ForAll long seed, @ForAll @IntRange(min = 2, max = 64) int size) {
    OptionPenalty exact = OptionPenalty.of(group(size), LOGITS, 1, REFUTED);
    OptionPenalty found =
        OptionPenalty.sampled(group(size), LOGITS, 1, REFUTED, new SplittableRandom(seed));
    assertThat(found.value()).isEqualTo(exact.value());
    double[] brier =
        OptionPenalty.of(new PenaltyConfig(1, 0, 0.3, 0, 0.6, 1.5, 2, 0, 0), LOGITS, 1, REFUTED)
            .gradient();
    double[] costs = {3, 0, 4.5, 2.25, 0.6};
    double[] p = probabilities(LOGITS);
    SplittableRandom random = new SplittableRandom(seed);
    int[] answers = new int[size];
    for (int i = 0; i < size; i++) {
      double at = random.nextDouble();
      while (at >= p[answers[i]] && answers[i] < 4) {
        at -= p[answers[i]++];
      }
    }
    double mean = Arrays.stream(answers).mapToDouble(a -> -costs[a]).average().orElseThrow();
    double deviation =
        Math.sqrt(
            Arrays.stream(answers)
                .mapToDouble(a -> Math.pow(-costs[a] - mean, 2))
                .average()
                .orElseThrow());
    double[] expected = brier.clone();
    for (int answer : answers) {
      double advantage = deviation < 1e-9 ? 0 : (-costs[answer] - mean) / deviation;
      for (int i = 0; i < 5; i++) {
        expected[i] -= 1.4 * advantage * ((i == answer ? 1 : 0) - p[i]) / size;
      }
    }
    assertThat(found.gradient()).containsExactly(expected, within(1e-9));
  }

  @Test
  void manyGroupsPullAsTheExactGradientDoes() {
    double[] exact = OptionPenalty.of(config(1, 0), LOGITS, 1, REFUTED).gradient();
    PenaltyConfig config = new PenaltyConfig(1, 1, 0, 0, 0.6, 1.5, 2, 0, 1024);
    SplittableRandom random = new SplittableRandom(5);
    double[] sum = new double[5];
    for (int i = 0; i < 400; i++) {
      double[] own = OptionPenalty.sampled(config, LOGITS, 1, REFUTED, random).gradient();
      Arrays.setAll(sum, k -> sum[k] + own[k] / 400);
    }
    double[] p = probabilities(LOGITS);
    double[] costs = {3, 0, 4.5, 2.25, 0.6};
    double mean = IntStream.range(0, 5).mapToDouble(i -> p[i] * costs[i]).sum();
    double variance =
        IntStream.range(0, 5).mapToDouble(i -> p[i] * Math.pow(costs[i] - mean, 2)).sum();
    for (int i = 0; i < 5; i++) {
      assertThat(sum[i] * Math.sqrt(variance)).isCloseTo(exact[i], within(0.005));
    }
  }

  @Test
  void aGroupOfEqualCostsSaysNothing() {
    double[] sure = {-90, 90, -90, -90, -90};
    PenaltyConfig config = new PenaltyConfig(1, 1, 0, 0, 0.6, 1.5, 2, 0, 8);
    assertThat(OptionPenalty.sampled(config, sure, 0, REFUTED, new SplittableRandom(1)).gradient())
        .containsOnly(0);
  }

  @Property(tries = 200)
  void theDivergenceIsThatOfItsFormula(@ForAll long seed) {
    Random random = new Random(seed);
    double[] logits = random.doubles(5, -4, 4).toArray();
    double[] reference = random.doubles(5, -4, 4).toArray();
    double[] p = probabilities(logits);
    double[] p0 = probabilities(reference);
    double expected = IntStream.range(0, 5).mapToDouble(i -> p[i] * Math.log(p[i] / p0[i])).sum();
    OptionPenalty found = OptionPenalty.divergence(0.7, logits, reference);
    assertThat(found.value()).isCloseTo(0.7 * expected, within(1e-12));
    for (int i = 0; i < 5; i++) {
      double[] up = logits.clone();
      double[] down = logits.clone();
      up[i] += 1e-5;
      down[i] -= 1e-5;
      double difference =
          OptionPenalty.divergence(0.7, up, reference).value()
              - OptionPenalty.divergence(0.7, down, reference).value();
      assertThat(found.gradient()[i]).isCloseTo(difference / 2e-5, within(1e-8));
    }
    assertThat(OptionPenalty.divergence(1, logits, logits).value()).isZero();
  }

  @Test
  void theDivergenceOfWhatCannotBeIsFinite() {
    OptionPenalty far = OptionPenalty.divergence(1, new double[] {0, -900}, new double[] {-900, 0});
    assertThat(far.value()).isFinite().isGreaterThan(700);
    assertThat(far.gradient()).containsExactly(new double[] {0, 0}, within(1e-9));
  }

  private static double[] probabilities(double[] logits) {
    double all = Arrays.stream(logits).map(Math::exp).sum();
    return Arrays.stream(logits).map(z -> Math.exp(z) / all).toArray();
  }

  /** A question whose right answer is the first option with a probability, else the second. */
  @Property(tries = 60)
  void aBanditAbstainsExactlyWhereItIsNotSureEnough(
      @ForAll @DoubleRange(min = 0.5, max = 1) double sure,
      @ForAll @DoubleRange(min = 0.05, max = 0.95) double abstainCost) {
    double wrongCost = 1;
    double enough = 1 - abstainCost / wrongCost;
    Assume.that(Math.abs(sure - enough) > 0.02);
    PenaltyConfig config = new PenaltyConfig(1, 1, 0, 0, abstainCost, wrongCost, 0, 0, 0);
    double[] logits = new double[3];
    for (int step = 0; step < 4_000; step++) {
      double[] first = OptionPenalty.of(config, logits, 0, new float[2]).gradient();
      double[] second = OptionPenalty.of(config, logits, 1, new float[2]).gradient();
      for (int i = 0; i < 3; i++) {
        logits[i] -= 2 * (sure * first[i] + (1 - sure) * second[i]);
      }
    }
    boolean abstains = logits[2] > Math.max(logits[0], logits[1]);
    assertThat(abstains).as("sure %s, enough %s", sure, enough).isEqualTo(sure < enough);
  }
}
