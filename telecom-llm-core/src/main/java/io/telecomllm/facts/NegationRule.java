package io.telecomllm.facts;

import com.google.common.collect.Sets;
import io.telecomllm.knowledge.Negation;
import io.telecomllm.knowledge.Words;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Compares denials: a claim that affirms what the closest sentence denies, or the reverse, is
 * contradicted. A question that itself has a negation can be answered by either.
 */
final class NegationRule implements Comparison {
  /** The share of the claim's words that a sentence needs to be a denial of it. */
  private static final double SAME = 0.7;

  @Override
  public List<Finding> compare(Claim claim, Evidence evidence) {
    if (evidence.close().isEmpty() || Negation.in(claim.question())) {
      return List.of();
    }
    Evidence.Said closest = evidence.close().get(0);
    Set<String> claimed = Negation.denied(claim.text());
    Set<String> said = Negation.denied(closest.text());
    if (!Sets.intersection(claimed, said).isEmpty()) {
      return List.of(Finding.agrees(Rule.NEGATION, "denied in both", closest.citation()));
    }
    if (closest.share() < SAME) {
      return List.of();
    }
    if (has(closest.text(), claimed)) {
      return List.of(contradiction("denied, the evidence affirms it", closest));
    }
    return has(claim.text(), said)
        ? List.of(contradiction("affirmed, the evidence denies it", closest))
        : List.of();
  }

  private static boolean has(String text, Set<String> denied) {
    return !Sets.intersection(new HashSet<>(Words.indexTerms(text)), denied).isEmpty();
  }

  private static Finding contradiction(String detail, Evidence.Said closest) {
    return Finding.contradicts(Rule.NEGATION, detail, closest.citation());
  }
}
