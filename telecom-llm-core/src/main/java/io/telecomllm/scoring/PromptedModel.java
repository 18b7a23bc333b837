package io.telecomllm.scoring;

import io.telecomllm.Internal;
import io.telecomllm.data.Question;
import io.telecomllm.lora.Deltas;
import io.telecomllm.model.LanguageModel;
import io.telecomllm.prompt.ChatTemplate;
import io.telecomllm.prompt.KnownTokens;
import io.telecomllm.prompt.QuestionPrompt;
import io.telecomllm.prompt.RenderedQuestion;
import io.telecomllm.tokenizer.Tokenizer;
import java.util.List;
import java.util.Optional;

/** A model, and the tokenizer and the prompt by which it reads questions. It owns none of them. */
@Internal
public record PromptedModel(LanguageModel model, Tokenizer tokenizer, QuestionPrompt prompt) {
  /**
   * Returns a model with the tokenizer and the prompt that are given, or else with those of its
   * checkpoint. The caller closes the tokenizer that this reads.
   *
   * @throws io.telecomllm.IncompatibleException naming a token of the prompt that the model lacks
   */
  public static PromptedModel of(
      LanguageModel model, Optional<Tokenizer> tokenizer, Optional<QuestionPrompt> prompt) {
    Tokenizer words = tokenizer.orElseGet(() -> Tokenizer.load(model.files()));
    try {
      QuestionPrompt written = prompt.orElseGet(() -> QuestionPrompt.of(ChatTemplate.of(words)));
      PromptedModel prompted = new PromptedModel(model, words, written);
      prompted.requireTokens();
      return prompted;
    } catch (RuntimeException e) {
      if (tokenizer.isEmpty()) {
        words.close();
      }
      throw e;
    }
  }

  /** Returns the tokenizer, and how many of its tokens the model has. */
  public KnownTokens tokens() {
    return new KnownTokens(tokenizer, model.config().vocabularySize());
  }

  /**
   * Checks that the model has the tokens that every prompt holds: those of the instruction, the
   * labels and the chat template. Hardly any tokenizer of another model passes if it has more
   * tokens.
   *
   * @throws io.telecomllm.IncompatibleException naming a token that the model lacks
   */
  public void requireTokens() {
    ask("?", List.of("a", "b"));
  }

  /** Renders a question without references. */
  public RenderedQuestion ask(Question question) {
    return ask(question.text(), question.options());
  }

  /**
   * Renders a question without references.
   *
   * @throws io.telecomllm.IncompatibleException if it holds a token that the model lacks
   */
  public RenderedQuestion ask(String text, List<String> options) {
    return tokens().check(prompt.ask(tokenizer, text, options));
  }

  /**
   * Creates a scorer that keeps the instruction of this prompt in its cache.
   *
   * @param deltas the deltas of an adapter, or {@link Deltas#none()}
   */
  public OptionScorer scorer(Deltas deltas, Scoring scoring) {
    return new OptionScorer(model, deltas, scoring, OptionScorer.instruction(prompt, tokenizer));
  }
}
