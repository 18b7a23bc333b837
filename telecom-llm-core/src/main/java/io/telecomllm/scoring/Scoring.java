package io.telecomllm.scoring;

import io.telecomllm.prompt.RenderedQuestion;

/** Which part of an answer decides how probable an option is. */
public enum Scoring {
  /** Its label, {@code option k}: the choice alone. */
  LABEL,
  /** The whole answer with its text and what ends it; long texts lose by their length. */
  ANSWER;

  int[] ids(RenderedQuestion.Candidate candidate) {
    return this == LABEL ? candidate.labelIds() : candidate.answerIds();
  }
}
