package io.telecomllm.grounding;

import io.telecomllm.Internal;
import io.telecomllm.grounding.Grounding.Grounded;
import io.telecomllm.prompt.Message;
import io.telecomllm.prompt.OpenPrompt;
import io.telecomllm.tokenizer.Tokenizer;
import java.util.List;
import java.util.Optional;

/**
 * Renders open questions with references to answer from, by the rule of {@link Grounding}: the last
 * references are left out until the question fits.
 *
 * @param knowledge the source of references; empty for prompts without any
 * @param context the number of tokens that prompt and answer have together
 */
@Internal
public record OpenGrounding(
    OpenPrompt prompt, Tokenizer tokenizer, Optional<Knowledge> knowledge, int context) {
  /**
   * Writes a conversation with references for its last message.
   *
   * @param messages at least one, the last by the user
   * @param answerTokens the room to leave for the answer; at most half of the context is left
   */
  public Grounded<List<Message>> ask(List<Message> messages, int answerTokens) {
    int budget = context - Math.min(answerTokens, context / 2);
    String asked = messages.get(messages.size() - 1).content();
    return Grounding.ground(
        knowledge.map(k -> k.search(asked)).orElse(List.of()),
        budget,
        references -> prompt.messages(messages, references),
        written -> prompt.template().encode(tokenizer, written, true).length);
  }
}
