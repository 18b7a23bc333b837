package io.telecomllm.facts;

import io.telecomllm.knowledge.Citation;
import io.telecomllm.knowledge.Passage;
import java.io.Serializable;
import java.util.List;
import java.util.Optional;

/**
 * A claim and what the knowledge base says of it. Immutable.
 *
 * @param claim the claim
 * @param verdict what it comes to
 * @param judgement the probabilities that the judge gave, whatever the rules found
 * @param findings what rules found; empty if there was nothing to compare
 * @param citation the quotation that the verdict rests on; empty without one
 * @param evidence the passages that were looked at, best first
 */
public record CheckedClaim(
    Claim claim,
    Verdict verdict,
    Judgement judgement,
    List<Finding> findings,
    Optional<Citation> citation,
    List<Passage> evidence)
    implements Serializable {
  /** Keeps copies of the lists. */
  public CheckedClaim {
    findings = List.copyOf(findings);
    evidence = List.copyOf(evidence);
  }

  /** What is left of the judge's probability if something that the claim names is not found. */
  private static final double UNVERIFIED = 0.5;

  /**
   * Returns how well the claim is supported, 0 to 1: the judge's probability, half of it if a rule
   * could not verify something, and 0 if one found a contradiction.
   */
  public double support() {
    if (contradicted()) {
      return 0;
    }
    return Finding.Outcome.UNVERIFIED.isIn(findings)
        ? UNVERIFIED * judgement.supported()
        : judgement.supported();
  }

  /**
   * Returns how far the claim is refuted, 0 to 1: 1 if a rule did, else the judge's probability.
   */
  public double refutation() {
    return contradicted() ? 1 : judgement.refuted();
  }

  /** Returns whether a rule found a contradiction. */
  public boolean contradicted() {
    return Finding.Outcome.CONTRADICTS.isIn(findings);
  }
}
