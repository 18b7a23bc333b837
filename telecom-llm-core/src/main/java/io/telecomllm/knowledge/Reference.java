package io.telecomllm.knowledge;

/**
 * What a text points at: a clause of a document. Immutable.
 *
 * @param spec the document, such as {@code TS 23.501}
 * @param clause the clause's number in lower case, such as {@code 5.6.1} or {@code a} for an annex
 */
public record Reference(String spec, String clause) {
  /** Checks that both are there. */
  public Reference {
    Checks.requiredLine("spec", spec);
    Checks.requiredLine("clause", clause);
  }

  /** Returns the id of the clause, such as {@code TS 23.501#5.6.1}. */
  public String id() {
    return spec + "#" + clause;
  }
}
