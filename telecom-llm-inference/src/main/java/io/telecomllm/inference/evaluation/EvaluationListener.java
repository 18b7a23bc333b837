package io.telecomllm.inference.evaluation;

/** Watches an evaluation. */
@FunctionalInterface
public interface EvaluationListener {
  /**
   * Some more questions are answered. Called on the thread that evaluates; what it throws ends the
   * evaluation.
   *
   * @param done how many are answered
   * @param total how many there are
   * @param right how many of those answered are right
   */
  void progress(int done, int total, int right);
}
