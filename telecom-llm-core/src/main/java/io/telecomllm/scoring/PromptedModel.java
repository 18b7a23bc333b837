package io.telecomllm.scoring;

import io.telecomllm.Internal;
import io.telecomllm.data.Question;
import io.telecomllm.lora.Deltas;
import io.telecomllm.model.LanguageModel;
import io.telecomllm.prompt.QuestionPrompt;
import io.telecomllm.prompt.RenderedQuestion;
import io.telecomllm.tokenizer.Tokenizer;

/** A model, and the tokenizer and the prompt by which it reads questions. It owns none of them. */
@Internal
public record PromptedModel(LanguageModel model, Tokenizer tokenizer, QuestionPrompt prompt) {
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
