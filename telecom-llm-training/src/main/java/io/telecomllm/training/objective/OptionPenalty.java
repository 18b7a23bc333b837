package io.telecomllm.training.objective;

import io.telecomllm.training.settings.PenaltyConfig;
import java.util.Arrays;

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
    double[] gradient = new double[logits.length];
    double value = cost(config, softmax(logits), right, refuted, gradient);
    if (right >= 0) {
      value += brier(config, softmax(Arrays.copyOf(logits, refuted.length)), right, gradient);
    }
    return new OptionPenalty(value, gradient);
  }

  /** d/dz_i sum p c = p_i (c_i - sum p c). */
  private static double cost(
      PenaltyConfig config, double[] p, int right, float[] refuted, double[] gradient) {
    double[] costs = new double[p.length];
    double mean = 0;
    for (int i = 0; i < p.length; i++) {
      if (i < refuted.length) {
        costs[i] = i == right ? 0 : config.wrongCost(refuted[i]);
      } else {
        // where nothing is right, not to answer is right
        costs[i] = right < 0 ? 0 : config.abstainCost();
      }
      mean += p[i] * costs[i];
    }
    for (int i = 0; i < p.length; i++) {
      gradient[i] += config.costWeight() * p[i] * (costs[i] - mean);
    }
    return config.costWeight() * mean;
  }

  /** d/dz_i sum (pi - y)^2 = 2 pi_i (d_i - sum d pi), d being pi - y. */
  private static double brier(PenaltyConfig config, double[] pi, int right, double[] gradient) {
    double[] off = pi.clone();
    off[right]--;
    double score = 0;
    double mean = 0;
    for (int i = 0; i < pi.length; i++) {
      score += off[i] * off[i];
      mean += off[i] * pi[i];
    }
    for (int i = 0; i < pi.length; i++) {
      gradient[i] += config.brierWeight() * 2 * pi[i] * (off[i] - mean);
    }
    return config.brierWeight() * score;
  }

  private static double[] softmax(double[] logits) {
    double max = Arrays.stream(logits).max().orElseThrow();
    double sum = Arrays.stream(logits).map(z -> Math.exp(z - max)).sum();
    return Arrays.stream(logits).map(z -> Math.exp(z - max) / sum).toArray();
  }
}
