package io.telecomllm.inference;

import static com.google.common.base.Preconditions.checkArgument;

import io.telecomllm.knowledge.KnowledgeBase;
import io.telecomllm.knowledge.Passage;
import io.telecomllm.knowledge.Query;
import io.telecomllm.prompt.QuestionPrompt;
import io.telecomllm.prompt.RenderedQuestion;
import io.telecomllm.scoring.OptionScorer;
import io.telecomllm.tokenizer.Tokenizer;
import java.util.List;
import java.util.Optional;

/**
 * Puts the passages that a question may be answered from into its prompt, as many as fit.
 *
 * @param passages the most passages in a prompt
 * @param contextLength the most tokens that the model reads
 */
record Grounding(
    QuestionPrompt prompt,
    Tokenizer tokenizer,
    Optional<KnowledgeBase> knowledge,
    int passages,
    int contextLength) {

  /** A question as the model reads it, and the passages in it. */
  record Grounded(RenderedQuestion rendered, List<Passage> passages) {}

  /** Drops passages from the last on until the question fits the context. */
  Grounded ground(String question, List<String> options, OptionScorer scorer) {
    RenderedQuestion bare = prompt.render(tokenizer, question, options);
    int tokens = scorer.tokens(bare);
    checkArgument(
        tokens <= contextLength,
        "the question takes %s tokens without any passage, the context length of the model is %s",
        tokens,
        contextLength);
    if (knowledge.isPresent()) {
      List<Passage> found = knowledge.get().search(Query.ofQuestion(question, passages));
      for (int count = found.size(); count > 0; count--) {
        List<Passage> kept = found.subList(0, count);
        RenderedQuestion rendered =
            prompt.render(
                tokenizer, question, options, kept.stream().map(Passage::asData).toList());
        if (scorer.tokens(rendered) <= contextLength) {
          return new Grounded(rendered, List.copyOf(kept));
        }
      }
    }
    return new Grounded(bare, List.of());
  }
}
