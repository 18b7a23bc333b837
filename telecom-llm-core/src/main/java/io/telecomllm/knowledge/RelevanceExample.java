package io.telecomllm.knowledge;

/**
 * A question and the clause that answers it, to fit a {@link RelevanceGate} with. Immutable.
 *
 * @param question the question, as it will be asked
 * @param answeredBy the {@link Clause#id} of the clause that answers it; no other one counts
 */
public record RelevanceExample(String question, String answeredBy) {
  /** Checks that neither is empty. */
  public RelevanceExample {
    Checks.text("question", question);
    Checks.requiredLine("answeredBy", answeredBy);
  }
}
