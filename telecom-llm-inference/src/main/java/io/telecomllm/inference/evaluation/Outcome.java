package io.telecomllm.inference.evaluation;

import io.telecomllm.data.NoKnowledgeHeuristic;
import io.telecomllm.data.Question;
import io.telecomllm.inference.Answer;

/** A question and how it was answered. */
public record Outcome(Question question, Answer answer) {
  /** Whether the chosen option is the right one. */
  public boolean right() {
    return answer.option() == question.answer();
  }

  /** Whether {@link NoKnowledgeHeuristic} gets it right. */
  public boolean guessable() {
    return NoKnowledgeHeuristic.choose(question) == question.answer();
  }
}
