package io.telecomllm.inference.evaluation;

import io.telecomllm.data.Choices;
import io.telecomllm.data.NoKnowledgeHeuristic;
import io.telecomllm.data.Question;
import io.telecomllm.inference.Answer;

/** A question and the answer to it. Immutable. */
public record Outcome(Question question, Answer answer) {
  /** Returns whether the answer is correct. */
  public boolean right() {
    return answer.option() == question.answer();
  }

  /** Returns how the right option was chosen. */
  Choices choice() {
    return Choices.of(
        answer.probabilities().stream().mapToDouble(Math::log).toArray(), question.answer());
  }

  /** Returns whether {@link NoKnowledgeHeuristic} chooses the right option. */
  public boolean guessable() {
    return NoKnowledgeHeuristic.choose(question) == question.answer();
  }
}
