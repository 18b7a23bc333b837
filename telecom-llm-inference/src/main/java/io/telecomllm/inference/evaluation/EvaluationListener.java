package io.telecomllm.inference.evaluation;

/** Follows the progress of an evaluation. */
@FunctionalInterface
public interface EvaluationListener {
  /**
   * Called after each batch, on the thread that evaluates; an exception ends the evaluation.
   *
   * @param done the number of questions that are answered
   * @param total the number of all questions
   * @param right the number of correct answers so far
   */
  void progress(int done, int total, int right);
}
