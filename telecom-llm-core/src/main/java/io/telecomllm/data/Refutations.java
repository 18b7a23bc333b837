package io.telecomllm.data;

/**
 * Says how far trusted knowledge refutes the options of questions and the sentences of their
 * explanations. Training against hallucination makes a refuted option dearer and a refuted sentence
 * unlikely. Safe for use by several threads; the same question always gets the same figures.
 */
@FunctionalInterface
public interface Refutations {
  /** Refutes nothing. */
  Refutations NONE = (question, option) -> 0;

  /**
   * Returns how far an option is refuted as the answer to its question, from 0 (not at all, or
   * nothing is known) to 1.
   *
   * @param option the option's index in {@code question.options()}, whatever their order
   */
  double refuted(Question question, int option);

  /**
   * Returns how far a sentence of a question's explanation is refuted, from 0 (not at all, or
   * nothing is known) to 1; 0 unless overridden.
   */
  default double refuted(Question question, String sentence) {
    return 0;
  }
}
