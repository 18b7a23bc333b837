package io.telecomllm.scoring;

import io.telecomllm.prompt.RenderedQuestion;

/** Which part of an answer decides how probable an option is. */
public enum Scoring {
  /** Its label, {@code option k}: the choice alone. */
  LABEL,
  /** The whole answer with its text and what ends it; long texts lose by their length. */
  ANSWER;

  /** Returns how many tokens of context a question takes: its prompt, and its answers together. */
  public int tokens(RenderedQuestion question) {
    return Choice.of(question, this).tokens();
  }

  int[] ids(RenderedQuestion.Candidate candidate) {
    return this == LABEL ? candidate.labelIds() : candidate.answerIds();
  }
}
