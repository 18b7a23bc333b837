package io.telecomllm.scoring;

import io.telecomllm.Internal;
import io.telecomllm.prompt.RenderedQuestion;

/** The part of an answer that decides how probable an option is. */
public enum Scoring {
  /** The label, {@code option k}. */
  LABEL,
  /** The whole answer with its text and what ends it; longer texts tend to lose. */
  ANSWER;

  /**
   * Returns the number of tokens of context that a question takes: its prompt and all its answers.
   */
  @Internal
  public int tokens(RenderedQuestion question) {
    return Choice.of(question, this).tokens();
  }

  int[] ids(RenderedQuestion.Candidate candidate) {
    return this == LABEL ? candidate.labelIds() : candidate.answerIds();
  }
}
