package io.telecomllm.facts;

import io.telecomllm.knowledge.Citation;
import java.io.Serializable;
import java.util.List;
import java.util.Optional;

/**
 * What a rule found out about a claim. Immutable.
 *
 * @param rule the rule
 * @param outcome whether the knowledge base agrees
 * @param detail what was compared, in words, such as {@code 10 ms, the evidence has 20 ms}
 * @param citation the words of the knowledge base that it was compared with, if there are any
 */
public record Finding(Rule rule, Outcome outcome, String detail, Optional<Citation> citation)
    implements Serializable {
  /** What the comparison came to. */
  public enum Outcome {
    /** The knowledge base has the same. */
    AGREES,
    /** The knowledge base has something else: the claim is refuted. */
    CONTRADICTS,
    /** The knowledge base has nothing to compare with: the claim cannot count as supported. */
    UNVERIFIED;

    /** Returns whether a rule came to this. */
    boolean isIn(List<Finding> findings) {
      return findings.stream().anyMatch(finding -> finding.outcome == this);
    }
  }

  static Finding agrees(Rule rule, String detail, Citation citation) {
    return new Finding(rule, Outcome.AGREES, detail, Optional.of(citation));
  }

  static Finding contradicts(Rule rule, String detail, Citation citation) {
    return new Finding(rule, Outcome.CONTRADICTS, detail, Optional.of(citation));
  }

  static Finding without(Rule rule, Outcome outcome, String detail) {
    return new Finding(rule, outcome, detail, Optional.empty());
  }
}
