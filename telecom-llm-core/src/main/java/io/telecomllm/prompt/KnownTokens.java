package io.telecomllm.prompt;

import io.telecomllm.IncompatibleException;
import io.telecomllm.Internal;
import io.telecomllm.text.Quoted;
import io.telecomllm.tokenizer.Tokenizer;

/**
 * The tokens that a model has an embedding for. A tokenizer may have more, such as a padding token
 * that was added without resizing the embedding; only a prompt or an answer that holds one of those
 * is refused, in training and in answering.
 *
 * @param count the number of rows of the model's embedding
 */
@Internal
public record KnownTokens(Tokenizer tokenizer, int count) {
  /**
   * Returns the question if the model has all tokens of its prompt and its answers.
   *
   * @throws IncompatibleException naming the first token that the model lacks
   */
  public RenderedQuestion check(RenderedQuestion question) {
    check(question.promptIds());
    for (RenderedQuestion.Candidate candidate : question.all()) {
      check(candidate.labelIds());
      check(candidate.answerIds());
    }
    return question;
  }

  /**
   * Returns the prompt and its answer if the model has all of their tokens.
   *
   * @throws IncompatibleException naming the first token that the model lacks
   */
  public EncodedAnswer check(EncodedAnswer answer) {
    check(answer.promptIds());
    check(answer.answerIds());
    return answer;
  }

  /**
   * Checks that the model has all of these tokens.
   *
   * @throws IncompatibleException naming the first token that the model lacks
   */
  public void check(int[] ids) {
    for (int id : ids) {
      if (id >= count) {
        throw new IncompatibleException(
            ("the prompt needs the token '%s' with id %d, but the vocabulary of the model has %d"
                    + " tokens: the tokenizer is for another model, or the embedding was not"
                    + " resized")
                .formatted(Quoted.line(tokenizer.token(id).orElse("")), id, count));
      }
    }
  }
}
