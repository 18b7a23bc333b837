package io.telecomllm.facts;

import java.io.Serializable;
import java.util.List;

/**
 * The result of checking a text. Immutable.
 *
 * @param text the text
 * @param claims what it claims, in order; empty if it claims nothing
 */
public record FactCheck(String text, List<CheckedClaim> claims) implements Serializable {
  /** Keeps a copy of the list. */
  public FactCheck {
    claims = List.copyOf(claims);
  }

  /**
   * Returns the verdict on the whole text: refuted if a claim is; supported if all are and there is
   * one; else not enough is known.
   */
  public Verdict verdict() {
    if (!of(Verdict.REFUTED).isEmpty()) {
      return Verdict.REFUTED;
    }
    boolean all = !claims.isEmpty() && of(Verdict.SUPPORTED).size() == claims.size();
    return all ? Verdict.SUPPORTED : Verdict.NOT_ENOUGH_INFO;
  }

  /** Returns the claims with this verdict, in order. */
  public List<CheckedClaim> of(Verdict verdict) {
    return claims.stream().filter(c -> c.verdict() == verdict).toList();
  }

  /** Returns the share of claims that are supported, 0 to 1; NaN if the text claims nothing. */
  public double precision() {
    return (double) of(Verdict.SUPPORTED).size() / claims.size();
  }
}
