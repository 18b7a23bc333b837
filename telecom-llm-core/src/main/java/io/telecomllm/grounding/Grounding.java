package io.telecomllm.grounding;

import io.telecomllm.Internal;
import io.telecomllm.data.Question;
import io.telecomllm.knowledge.Clause;
import io.telecomllm.knowledge.Passage;
import io.telecomllm.prompt.EncodedAnswer;
import io.telecomllm.prompt.KnownTokens;
import io.telecomllm.prompt.QuestionPrompt;
import io.telecomllm.prompt.Reference;
import io.telecomllm.prompt.RenderedQuestion;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.ToIntFunction;

/**
 * Renders questions with references to answer from. One rule decides what happens if a question
 * does not fit: the last references are left out until it fits; if it does not fit without any,
 * {@link Grounded#fits} is false.
 *
 * @param tokens the tokenizer, and how many of its tokens the model has
 * @param knowledge the source of references; empty for prompts without any
 * @param budget the most tokens that a question may take
 */
@Internal
public record Grounding(
    QuestionPrompt prompt, KnownTokens tokens, Optional<Knowledge> knowledge, int budget) {
  /**
   * A rendered question and the passages that it refers to.
   *
   * @param question the token ids
   * @param tokens the number of tokens that it takes of the budget
   * @param fits whether it is within the budget
   * @param passages the passages of its references, best first
   */
  public record Grounded<T>(T question, int tokens, boolean fits, List<Passage> passages) {}

  /**
   * Renders a question to answer.
   *
   * @param length returns the number of tokens that a rendered question takes
   * @throws io.telecomllm.IncompatibleException if it holds a token that the model lacks
   */
  public Grounded<RenderedQuestion> ask(
      String text, List<String> options, ToIntFunction<RenderedQuestion> length) {
    return ask(text, options, found(text, options), length);
  }

  /**
   * Renders a question to answer with passages that were found already.
   *
   * @param found the passages to refer to, best first; the last are left out until it fits
   * @param length returns the number of tokens that a rendered question takes
   * @throws io.telecomllm.IncompatibleException if it holds a token that the model lacks
   */
  public Grounded<RenderedQuestion> ask(
      String text,
      List<String> options,
      List<Passage> found,
      ToIntFunction<RenderedQuestion> length) {
    return ground(found, budget, references -> rendered(text, options, references), length);
  }

  /**
   * Renders a question to answer once for each order of its options, all with the same references.
   *
   * @param orders the options in each order
   * @param length returns the number of tokens that a rendered question takes
   * @throws io.telecomllm.IncompatibleException if it holds a token that the model lacks
   */
  public Grounded<List<RenderedQuestion>> askInOrders(
      String text, List<List<String>> orders, ToIntFunction<RenderedQuestion> length) {
    return ground(
        found(text, orders.get(0)),
        budget,
        references -> orders.stream().map(options -> rendered(text, options, references)).toList(),
        each -> each.stream().mapToInt(length).max().orElse(0));
  }

  private List<Passage> found(String text, List<String> options) {
    return knowledge.map(k -> k.search(text, options, clause -> true)).orElse(List.of());
  }

  private RenderedQuestion rendered(String text, List<String> options, List<Reference> references) {
    return tokens.check(prompt.ask(tokens.tokenizer(), text, options, references));
  }

  /**
   * Renders a question with its answer, to learn from.
   *
   * @throws io.telecomllm.IncompatibleException if it holds a token that the model lacks
   */
  public Grounded<EncodedAnswer> teach(Question question) {
    return teach(question, question.answer(), clause -> true);
  }

  /**
   * Renders a question with an answer to learn, with chosen references.
   *
   * @param answer the index of the option to learn, or {@link QuestionPrompt#ABSTAIN}
   * @param kept whether a clause may be a reference; the next best take the places of others
   * @throws io.telecomllm.IncompatibleException if it holds a token that the model lacks
   */
  public Grounded<EncodedAnswer> teach(Question question, int answer, Predicate<Clause> kept) {
    return ground(
        knowledge.map(k -> k.search(question.text(), question.options(), kept)).orElse(List.of()),
        budget,
        references ->
            tokens.check(
                prompt.teach(
                    tokens.tokenizer(),
                    question.text(),
                    question.options(),
                    references,
                    answer,
                    question.explanation())),
        taught -> taught.promptIds().length + taught.answerIds().length);
  }

  /** Returns a copy whose prompts have no references. */
  public Grounding withoutKnowledge() {
    return new Grounding(prompt, tokens, Optional.empty(), budget);
  }

  /** Renders with as many of the passages as fit, the last left out. */
  static <T> Grounded<T> ground(
      List<Passage> found,
      int budget,
      Function<List<Reference>, T> renderer,
      ToIntFunction<T> length) {
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

  /** Returns a reference with the clause's spec, number and title as its title. */
  public static Reference reference(Passage passage) {
    Clause clause = passage.clause();
    String title = (clause.spec() + " " + clause.clause() + " " + clause.title()).strip();
    return new Reference(title, clause.text());
  }
}
