package io.telecomllm.data;

/**
 * Says how far trusted knowledge refutes the options of questions. Training against hallucination
 * makes a refuted option dearer. Safe for use by several threads; the same question always gets the
 * same figures.
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
}
