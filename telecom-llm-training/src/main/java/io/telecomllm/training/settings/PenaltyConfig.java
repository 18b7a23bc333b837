package io.telecomllm.training.settings;

import static com.google.common.base.Preconditions.checkArgument;

import java.io.Serializable;

/**
 * What a wrong answer costs in training, in addition to the likelihood of the right one. With pi
 * the probabilities of the options among themselves and p those of the options and of the answer
 * that it is not known, the loss of a question is
 *
 * <pre>
 *   likelihoodWeight * cross-entropy
 *   + costWeight * sum p(o) c(o)
 *   + brierWeight * sum (pi(o) - 1 if o is right)^2
 *   + unlikelihoodWeight * sum -ln(1 - p(token)) over the tokens of refuted explanations
 *   + klWeight * sum p(o) ln(p(o) / p0(o)), p0 being those of the model without the adapter
 *
 *   c(right) = 0, c(not known) = abstainCost, c(wrong) = wrongCost * (1 + refutationMultiplier * refuted(o))
 * </pre>
 *
 * <p>The first is the expected cost of an answer; its gradient is that of a policy that is rewarded
 * with the negative cost, without sampling. Not to answer pays where the confidence is under {@code
 * 1 - abstainCost / wrongCost}. With these weights at 0, and the first at 1, training is the plain
 * one, bit for bit.
 *
 * @param likelihoodWeight the weight of the cross-entropy of the answers, 0 to 1000; with 0 the
 *     penalties alone are learnt from, as in reinforcement learning
 * @param costWeight the weight of the expected cost, 0 to 1000. Over 0 the prompt offers to abstain
 * @param brierWeight the weight of the Brier score (Brier 1950), which rewards calibration, 0 to
 *     1000
 * @param unlikelihoodWeight the weight of the unlikelihood (Welleck et al. 2020) of refuted
 *     explanations, 0 to 1000
 * @param abstainCost the cost of not answering, 0 to {@code wrongCost}
 * @param wrongCost the cost of a wrong option that is not refuted, over 0 and at most 1000
 * @param refutationMultiplier the cost that full refutation adds, as a multiple of {@code
 *     wrongCost}, 0 to 1000
 * @param klWeight the weight of the divergence from the model without the adapter, 0 to 1000; over
 *     0 a step has one more forward pass
 * @param groupSize experimental: 0 for the exact gradient of the expected cost; 2 to 1024 to
 *     estimate it from so many answers drawn for each question, the cost of each compared with
 *     their mean and divided by their standard deviation (GRPO, Shao et al. 2024). The label is all
 *     that is drawn: the text that follows is the option's. The loss still shows the expected cost
 */
public record PenaltyConfig(
    double likelihoodWeight,
    double costWeight,
    double brierWeight,
    double unlikelihoodWeight,
    double abstainCost,
    double wrongCost,
    double refutationMultiplier,
    double klWeight,
    int groupSize)
    implements Serializable {
  private static final long MOST = 1000;

  /** Checks the ranges. */
  public PenaltyConfig {
    Ranges.check("likelihoodWeight", likelihoodWeight, 0, MOST);
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
    Ranges.check("klWeight", klWeight, 0, MOST);
    checkArgument(
        likelihoodWeight > 0 || costWeight > 0 || brierWeight > 0,
        "likelihoodWeight, costWeight and brierWeight are 0: nothing is left to learn");
    checkArgument(
        groupSize == 0 || (groupSize >= 2 && groupSize <= 1024),
        "groupSize is %s, must be 0 or 2 to 1024",
        groupSize);
    checkArgument(
        groupSize == 0 || costWeight > 0,
        "groupSize is %s, but costWeight is 0: there is no cost to estimate",
        groupSize);
  }

  /**
   * Returns the default settings: no penalty. Once weighted, not to answer costs half of a wrong
   * answer, and a refuted option twice as much as another wrong one.
   */
  public static PenaltyConfig defaults() {
    return new PenaltyConfig(
        /* likelihoodWeight= */ 1,
        /* costWeight= */ 0,
        /* brierWeight= */ 0,
        /* unlikelihoodWeight= */ 0,
        /* abstainCost= */ 0.5,
        /* wrongCost= */ 1,
        /* refutationMultiplier= */ 1,
        /* klWeight= */ 0,
        /* groupSize= */ 0);
  }

  /** Returns whether training is the plain one. */
  public boolean none() {
    return likelihoodWeight == 1
        && costWeight == 0
        && brierWeight == 0
        && unlikelihoodWeight == 0
        && klWeight == 0;
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
