package io.telecomllm.facts;

import static com.google.common.base.Preconditions.checkArgument;

import java.io.Serializable;

/**
 * How probable a judge finds each verdict; the three sum to 1. Immutable.
 *
 * @param supported the probability that the evidence says the same, 0 to 1
 * @param refuted the probability that it says otherwise, 0 to 1
 * @param unknown the probability that it does not say, 0 to 1
 */
public record Judgement(double supported, double refuted, double unknown) implements Serializable {
  /** The judgement of a claim without evidence. */
  public static final Judgement NONE = new Judgement(0, 0, 1);

  private static final double ROUNDING = 1e-6;

  /** Checks the ranges and the sum. */
  public Judgement {
    checkArgument(
        supported >= 0
            && refuted >= 0
            && unknown >= 0
            && Math.abs(supported + refuted + unknown - 1) < ROUNDING,
        "probabilities are %s, %s and %s, must be 0 to 1 and sum to 1",
        supported,
        refuted,
        unknown);
  }
}
