package io.telecomllm.training.objective;

import io.telecomllm.training.settings.PenaltyConfig;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.function.BinaryOperator;
import java.util.stream.IntStream;

/**
 * The part of the penalty that a question's options decide, as a function of their logits, in plain
 * arithmetic.
 *
 * @param value the penalty, at least 0
 * @param gradient its gradient with respect to each logit: (options), or (options + 1) with
 *     abstention last
 */
@SuppressWarnings("ArrayRecordComponent")
record OptionPenalty(double value, double[] gradient) {
  /**
   * Computes the weighted expected cost and Brier score.
   *
   * @param logits (options), or (options + 1) with abstention last
   * @param right the index of the right option; -1 if none is right, which leaves the Brier score
   *     out
   * @param refuted how far each option is refuted, (options)
   */
  static OptionPenalty of(PenaltyConfig config, double[] logits, int right, float[] refuted) {
    return of(config, logits, right, refuted, (p, costs) -> pull(config.costWeight(), p, costs));
  }

  /**
   * The same, the gradient of the expected cost estimated from a group of answers, each cost
   * divided by their standard deviation (GRPO). A group of equal costs says nothing.
   */
  static OptionPenalty sampled(
      PenaltyConfig config, double[] logits, int right, float[] refuted, SplittableRandom random) {
    return of(
        config,
        logits,
        right,
        refuted,
        (p, costs) ->
            advantages(config.costWeight(), shares(p, config.groupSize(), random), costs));
  }

  /**
   * Computes them with a gradient of the expected cost.
   *
   * @param gradient returns it from the probabilities and the costs
   */
  private static OptionPenalty of(
      PenaltyConfig config,
      double[] logits,
      int right,
      float[] refuted,
      BinaryOperator<double[]> gradient) {
    double[] p = softmax(logits);
    double[] costs = costs(config, logits.length, right, refuted);
    return new OptionPenalty(config.costWeight() * mean(p, costs), gradient.apply(p, costs))
        .plus(brier(config.brierWeight(), Arrays.copyOf(logits, refuted.length), right));
  }

  private static double[] advantages(double weight, double[] drawn, double[] costs) {
    long different =
        IntStream.range(0, drawn.length)
            .filter(i -> drawn[i] > 0)
            .mapToDouble(i -> costs[i])
            .distinct()
            .count();
    // not by the deviation, which rounding can lift over 0
    if (different == 1) {
      return new double[drawn.length];
    }
    double mean = mean(drawn, costs);
    double[] squares = Arrays.stream(costs).map(c -> (c - mean) * (c - mean)).toArray();
    return pull(weight / Math.sqrt(mean(drawn, squares)), drawn, costs);
  }

  /** KL(p || p0): d/dz_i sum p ln(p / p0) = p_i (ln(p_i / p0_i) - sum p ln(p / p0)). */
  static OptionPenalty divergence(double weight, double[] logits, double[] reference) {
    double[] p = softmax(logits);
    double[] p0 = softmax(reference);
    double[] gains = new double[p.length];
    // where p underflows to 0 its term is 0; p0 does not where p does not, by far
    Arrays.setAll(gains, i -> p[i] == 0 ? 0 : Math.log(p[i] / Math.max(p0[i], Double.MIN_NORMAL)));
    return new OptionPenalty(weight * mean(p, gains), pull(weight, p, gains));
  }

  /**
   * Returns the sum of two penalties of the same question.
   *
   * @param other with as many logits, or the first of them
   */
  OptionPenalty plus(OptionPenalty other) {
    double[] sum = gradient.clone();
    for (int i = 0; i < other.gradient.length; i++) {
      sum[i] += other.gradient[i];
    }
    return new OptionPenalty(value + other.value, sum);
  }

  private static double[] costs(PenaltyConfig config, int answers, int right, float[] refuted) {
    double[] costs = new double[answers];
    for (int i = 0; i < answers; i++) {
      if (i < refuted.length) {
        costs[i] = i == right ? 0 : config.wrongCost(refuted[i]);
      } else {
        // where nothing is right, not to answer is right
        costs[i] = right < 0 ? 0 : config.abstainCost();
      }
    }
    return costs;
  }

  /**
   * Returns the gradient of a mean cost over answers: d/dz_i sum p c = p_i (c_i - sum p c), which
   * is also what a policy gradient with their mean as its baseline has for drawn answers.
   */
  private static double[] pull(double weight, double[] shares, double[] costs) {
    double mean = mean(shares, costs);
    double[] gradient = new double[shares.length];
    Arrays.setAll(gradient, i -> weight * shares[i] * (costs[i] - mean));
    return gradient;
  }

  private static double mean(double[] shares, double[] values) {
    return IntStream.range(0, shares.length).mapToDouble(i -> shares[i] * values[i]).sum();
  }

  /** Draws answers and returns the share of each. */
  private static double[] shares(double[] p, int group, SplittableRandom random) {
    double[] shares = new double[p.length];
    for (int i = 0; i < group; i++) {
      double left = random.nextDouble();
      int answer = 0;
      while (answer < p.length - 1 && left >= p[answer]) {
        left -= p[answer++];
      }
      shares[answer]++;
    }
    return Arrays.stream(shares).map(count -> count / group).toArray();
  }

  /** d/dz_i sum (pi - y)^2 = 2 pi_i (d_i - sum d pi), d being pi - y; nothing if none is right. */
  private static OptionPenalty brier(double weight, double[] logits, int right) {
    if (right < 0) {
      return new OptionPenalty(0, new double[logits.length]);
    }
    double[] pi = softmax(logits);
    double[] off = pi.clone();
    off[right]--;
    return new OptionPenalty(weight * mean(off, off), pull(2 * weight, pi, off));
  }

  private static double[] softmax(double[] logits) {
    double max = Arrays.stream(logits).max().orElseThrow();
    double sum = Arrays.stream(logits).map(z -> Math.exp(z - max)).sum();
    return Arrays.stream(logits).map(z -> Math.exp(z - max) / sum).toArray();
  }
}
