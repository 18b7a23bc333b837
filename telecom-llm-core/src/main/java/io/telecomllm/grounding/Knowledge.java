package io.telecomllm.grounding;

import static com.google.common.base.Preconditions.checkArgument;

import io.telecomllm.Internal;
import io.telecomllm.knowledge.Passage;
import io.telecomllm.knowledge.Query;
import io.telecomllm.knowledge.Retriever;
import java.util.List;

/**
 * A source of passages to answer from, and the number of references in a prompt. It does not own
 * the source.
 *
 * @param references the most references in a prompt, 1 to 50
 */
@Internal
public record Knowledge(Retriever base, int references) {
  /** The default number of references. */
  public static final int REFERENCES = 3;

  /** The most references that a prompt may have. */
  public static final int MAX_REFERENCES = 50;

  /** Checks the range. */
  public Knowledge {
    checkArgument(
        references >= 1 && references <= MAX_REFERENCES,
        "references is %s, must be 1 to %s",
        references,
        MAX_REFERENCES);
  }

  /** Uses a knowledge base with {@value #REFERENCES} references in a prompt. */
  public static Knowledge of(Retriever base) {
    return new Knowledge(base, REFERENCES);
  }

  /** Finds the best passages for a question, best first. */
  List<Passage> search(String question) {
    return base.search(Query.of(question, references));
  }
}
