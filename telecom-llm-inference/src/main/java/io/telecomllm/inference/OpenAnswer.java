package io.telecomllm.inference;

import io.telecomllm.generation.Generation;
import io.telecomllm.knowledge.Passage;
import java.util.List;
import java.util.regex.Pattern;

/**
 * An answer to an open question, in the model's own words. Immutable.
 *
 * @param question the text of the question
 * @param text the answer
 * @param references the passages in the model's prompt, by their numbers from 1; empty without a
 *     knowledge base
 * @param cited the numbers of the references that the answer cites, such as [2], ascending. That it
 *     cites one does not mean that it says what the reference says
 * @param generation the answer's tokens, why it ended, and what it took
 */
public record OpenAnswer(
    String question,
    String text,
    List<Passage> references,
    List<Integer> cited,
    Generation generation) {
  private static final Pattern CITATION = Pattern.compile("\\[(\\d{1,2})]");

  /** Keeps copies of the lists. */
  public OpenAnswer {
    references = List.copyOf(references);
    cited = List.copyOf(cited);
  }

  static OpenAnswer of(String question, Generation generation, List<Passage> references) {
    List<Integer> cited =
        CITATION
            .matcher(generation.text())
            .results()
            .map(found -> Integer.valueOf(found.group(1)))
            .filter(number -> number >= 1 && number <= references.size())
            .distinct()
            .sorted()
            .toList();
    return new OpenAnswer(question, generation.text(), references, cited, generation);
  }
}
