package io.telecomllm.training.questions;

import java.util.List;

/**
 * A question as an author writes it. The right answer is apart from the others, since small models
 * often give the wrong number of it.
 *
 * @param question the text of the question
 * @param answer the right answer
 * @param distractors the wrong answers
 * @param explanation why the answer is right
 */
public record Draft(String question, String answer, List<String> distractors, String explanation) {
  /** Keeps a copy of the list. */
  public Draft {
    distractors = List.copyOf(distractors);
  }
}
