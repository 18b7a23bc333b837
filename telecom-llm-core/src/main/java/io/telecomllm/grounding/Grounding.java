package io.telecomllm.grounding;

import io.telecomllm.data.Question;
import io.telecomllm.knowledge.Clause;
import io.telecomllm.knowledge.Passage;
import io.telecomllm.prompt.EncodedAnswer;
import io.telecomllm.prompt.QuestionPrompt;
import io.telecomllm.prompt.Reference;
import io.telecomllm.prompt.RenderedQuestion;
import io.telecomllm.tokenizer.Tokenizer;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.ToIntFunction;

/**
 * Turns questions into prompts with the references that they may be answered from. The one rule for
 * what does not fit: the last references are left out until the question fits; if it does not fit
 * without any, {@link Grounded#fits} is false.
 *
 * @param knowledge where references come from; empty for prompts without any
 * @param budget the most tokens of a question
 */
public record Grounding(
    QuestionPrompt prompt, Tokenizer tokenizer, Optional<Knowledge> knowledge, int budget) {
  /**
   * A question as the model reads it.
   *
   * @param question its token ids
   * @param tokens its length, as the budget counts it
   * @param fits whether that is within the budget
   * @param passages what its references are, best first
   */
  public record Grounded<T>(T question, int tokens, boolean fits, List<Passage> passages) {}

  /**
   * Renders a question to answer.
   *
   * @param length how many tokens a rendered question takes
   */
  public Grounded<RenderedQuestion> ask(
      String text, List<String> options, ToIntFunction<RenderedQuestion> length) {
    return ground(text, references -> prompt.ask(tokenizer, text, options, references), length);
  }

  /** Renders a question with its answer, to learn from. */
  public Grounded<EncodedAnswer> teach(Question question) {
    return ground(
        question.text(),
        references ->
            prompt.teach(
                tokenizer, question.text(), question.options(), references, question.answer()),
        taught -> taught.promptIds().length + taught.answerIds().length);
  }

  private <T> Grounded<T> ground(
      String text, Function<List<Reference>, T> renderer, ToIntFunction<T> length) {
    List<Passage> found = knowledge.map(k -> k.search(text)).orElse(List.of());
    int count = found.size();
    while (true) {
      List<Passage> kept = found.subList(0, count);
      T question = renderer.apply(kept.stream().map(Grounding::reference).toList());
      int tokens = length.applyAsInt(question);
      if (tokens <= budget || count == 0) {
        return new Grounded<>(question, tokens, tokens <= budget, List.copyOf(kept));
      }
      count--;
    }
  }

  /** The clause's names as the title, its text as it is. */
  private static Reference reference(Passage passage) {
    Clause clause = passage.clause();
    String title = (clause.spec() + " " + clause.clause() + " " + clause.title()).strip();
    return new Reference(title, clause.text());
  }
}
