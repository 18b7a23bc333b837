package io.telecomllm.grounding;

import static com.google.common.base.Preconditions.checkArgument;

import io.telecomllm.Internal;
import io.telecomllm.knowledge.Clause;
import io.telecomllm.knowledge.Passage;
import io.telecomllm.knowledge.Query;
import io.telecomllm.knowledge.Retriever;
import java.util.List;
import java.util.function.Predicate;

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

  /** The number of passages that are looked at in addition where some may not be taken. */
  private static final int MORE = 8;

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

  /** Finds the best passages for an open question, best first. */
  List<Passage> search(String question) {
    return base.search(Query.of(question, references));
  }

  /**
   * Finds the best passages for a question with options among those that may be taken, best first.
   *
   * @param kept whether a clause may be taken
   */
  List<Passage> search(String question, List<String> options, Predicate<Clause> kept) {
    Query query = Query.of(question, options, references);
    List<Passage> best = base.search(query);
    if (best.stream().allMatch(passage -> kept.test(passage.clause()))) {
      return best;
    }
    int more = Math.min(Query.MAX_LIMIT, 2 * references + MORE);
    return base.search(query.limit(more)).stream()
        .filter(passage -> kept.test(passage.clause()))
        .limit(references)
        .toList();
  }
}
