package io.telecomllm.inference;

import static com.google.common.base.Preconditions.checkArgument;
import static java.util.Objects.requireNonNull;

import io.telecomllm.facts.FactCheck;
import io.telecomllm.knowledge.Citation;
import java.io.Serializable;
import java.util.List;

/**
 * An answer with the reasons for it, every sentence of which a fact checker found supported.
 * Immutable.
 *
 * @param answer the answer; abstained if the knowledge base refutes it
 * @param justification the sentences that are left after the check, each with the number of its
 *     citation, such as {@code [1]}; empty if none is
 * @param citations verbatim quotations, by their numbers from 1
 * @param check what the model had written, and what the checker said of it
 */
public record JustifiedAnswer(
    Answer answer, String justification, List<Citation> citations, FactCheck check)
    implements Serializable {
  /** Keeps a copy of the list. */
  public JustifiedAnswer {
    requireNonNull(answer, "answer is null");
    requireNonNull(check, "check is null");
    citations = List.copyOf(citations);
    checkArgument(
        justification.isEmpty() == citations.isEmpty(),
        "%s citations of '%s', each sentence needs one",
        citations.size(),
        justification);
  }

  /** Returns whether at least one sentence justifies the answer. */
  public boolean justified() {
    return !citations.isEmpty();
  }
}
