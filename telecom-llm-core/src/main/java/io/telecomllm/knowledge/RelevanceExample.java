package io.telecomllm.knowledge;

import java.util.List;

/**
 * A question and the clause that answers it, to fit a {@link RelevanceGate} with. Immutable.
 *
 * @param question the question, as it will be asked
 * @param options its options, as {@link Query#of(String, List, int)} has them; none if it is open
 * @param answeredBy the {@link Clause#id} of the clause that answers it; no other one counts
 */
public record RelevanceExample(String question, List<String> options, String answeredBy) {
  /** Checks that question and clause are not empty. */
  public RelevanceExample {
    options = List.copyOf(options);
    Checks.text("question", question);
    Checks.requiredLine("answeredBy", answeredBy);
  }

  /** Creates an example of an open question. */
  public RelevanceExample(String question, String answeredBy) {
    this(question, List.of(), answeredBy);
  }
}
