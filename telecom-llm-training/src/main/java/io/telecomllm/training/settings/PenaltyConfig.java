package io.telecomllm.training.settings;

import static com.google.common.base.Preconditions.checkArgument;

import java.io.Serializable;

/**
 * What a wrong answer costs in training, in addition to the likelihood of the right one. With pi
 * the probabilities of the options among themselves and p those of the options and of the answer
 * that it is not known, the loss of a question is
 *
 * <pre>
 *   cross-entropy
 *   + costWeight * sum p(o) c(o)
 *   + brierWeight * sum (pi(o) - 1 if o is right)^2
 *   + unlikelihoodWeight * sum -ln(1 - p(token)) over the tokens of refuted explanations
 *
 *   c(right) = 0, c(not known) = abstainCost, c(wrong) = wrongCost * (1 + refutationMultiplier * refuted(o))
 * </pre>
 *
 * <p>The first is the expected cost of an answer; its gradient is that of a policy that is rewarded
 * with the negative cost, without sampling. Not to answer pays where the confidence is under {@code
 * 1 - abstainCost / wrongCost}. With the three weights at 0 training is the plain one, bit for bit.
 *
 * @param costWeight the weight of the expected cost, 0 to 1000. Over 0 the prompt offers to abstain
 * @param brierWeight the weight of the Brier score (Brier 1950), which rewards calibration, 0 to
 *     1000
 * @param unlikelihoodWeight the weight of the unlikelihood (Welleck et al. 2020) of refuted
 *     explanations, 0 to 1000
 * @param abstainCost the cost of not answering, 0 to {@code wrongCost}
 * @param wrongCost the cost of a wrong option that is not refuted, over 0 and at most 1000
 * @param refutationMultiplier the cost that full refutation adds, as a multiple of {@code
 *     wrongCost}, 0 to 1000
 */
public record PenaltyConfig(
    double costWeight,
    double brierWeight,
    double unlikelihoodWeight,
    double abstainCost,
    double wrongCost,
    double refutationMultiplier)
    implements Serializable {
  private static final long MOST = 1000;

  /** Checks the ranges. */
  public PenaltyConfig {
    Ranges.check("costWeight", costWeight, 0, MOST);
    Ranges.check("brierWeight", brierWeight, 0, MOST);
    Ranges.check("unlikelihoodWeight", unlikelihoodWeight, 0, MOST);
    Ranges.checkPositive("wrongCost", wrongCost, MOST);
    checkArgument(
        abstainCost >= 0 && abstainCost <= wrongCost,
        "abstainCost is %s, must be 0 to wrongCost, %s",
        abstainCost,
        wrongCost);
    Ranges.check("refutationMultiplier", refutationMultiplier, 0, MOST);
  }

  /**
   * Returns the default settings: no penalty. Once weighted, not to answer costs half of a wrong
   * answer, and a refuted option twice as much as another wrong one.
   */
  public static PenaltyConfig defaults() {
    return new PenaltyConfig(
        /* costWeight= */ 0,
        /* brierWeight= */ 0,
        /* unlikelihoodWeight= */ 0,
        /* abstainCost= */ 0.5,
        /* wrongCost= */ 1,
        /* refutationMultiplier= */ 1);
  }

  /** Returns whether all weights are 0. */
  public boolean none() {
    return costWeight == 0 && brierWeight == 0 && unlikelihoodWeight == 0;
  }

  /**
   * Returns the cost of a wrong option.
   *
   * @param refuted how far it is refuted, 0 to 1
   */
  public double wrongCost(double refuted) {
    return wrongCost * (1 + refutationMultiplier * refuted);
  }
}
