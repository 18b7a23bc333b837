package io.telecomllm.scoring;

import io.telecomllm.IncompatibleException;
import io.telecomllm.Internal;
import io.telecomllm.data.Question;
import io.telecomllm.lora.Deltas;
import io.telecomllm.model.LanguageModel;
import io.telecomllm.prompt.ChatTemplate;
import io.telecomllm.prompt.QuestionPrompt;
import io.telecomllm.prompt.RenderedQuestion;
import io.telecomllm.tokenizer.Tokenizer;
import java.util.Optional;

/** A model, and the tokenizer and the prompt by which it reads questions. It owns none of them. */
@Internal
public record PromptedModel(LanguageModel model, Tokenizer tokenizer, QuestionPrompt prompt) {
  /**
   * Returns a model with the tokenizer and the prompt that are given, or else with those of its
   * checkpoint. The caller closes the tokenizer that this reads.
   *
   * @throws IncompatibleException if the tokenizer has more tokens than the model
   */
  public static PromptedModel of(
      LanguageModel model, Optional<Tokenizer> tokenizer, Optional<QuestionPrompt> prompt) {
    Tokenizer words = tokenizer.orElseGet(() -> Tokenizer.load(model.files()));
    try {
      requireRows(model, words);
      return new PromptedModel(
          model, words, prompt.orElseGet(() -> QuestionPrompt.of(ChatTemplate.of(words))));
    } catch (RuntimeException e) {
      if (tokenizer.isEmpty()) {
        words.close();
      }
      throw e;
    }
  }

  /**
   * Checks that a model has a row for each token.
   *
   * @throws IncompatibleException naming both numbers
   */
  public static void requireRows(LanguageModel model, Tokenizer words) {
    if (words.vocabularySize() > model.config().vocabularySize()) {
      throw new IncompatibleException(
          "the tokenizer is for another model: it has "
              + words.vocabularySize()
              + " tokens, the model "
              + model.config().vocabularySize());
    }
  }

  /** Renders a question without references. */
  public RenderedQuestion ask(Question question) {
    return prompt.ask(tokenizer, question.text(), question.options());
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
