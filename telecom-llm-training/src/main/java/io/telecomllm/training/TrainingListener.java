package io.telecomllm.training;

/**
 * Hears of a run while it goes on, on the thread that trains. What it throws ends the run. Every
 * method does nothing unless overridden.
 */
public interface TrainingListener {
  /** Hears nothing. */
  TrainingListener NONE = new TrainingListener() {};

  /**
   * Before the first step.
   *
   * @param steps how many optimizer steps there will be
   * @param skipped how many questions were left out because they are too long
   * @param trainableParameters of the adapter
   */
  default void started(long steps, int skipped, long trainableParameters) {}

  /** After each optimizer step. */
  default void step(StepRecord step) {}

  /** After each epoch, if there are validation questions. */
  default void evaluated(EvaluationRecord evaluation) {}

  /**
   * One optimizer step.
   *
   * @param step its number, from 1
   * @param epoch the epoch it belongs to, from 1
   * @param loss the mean over the step's supervised tokens, before the step
   * @param gradientNorm before clipping
   * @param learningRate of this step
   * @param questions in this step
   * @param tokens of these questions
   * @param rows computed for them, shared beginnings once
   * @param seconds that the step took
   */
  record StepRecord(
      long step,
      int epoch,
      double loss,
      double gradientNorm,
      double learningRate,
      int questions,
      int tokens,
      int rows,
      double seconds) {}

  /**
   * The loss on questions that are not trained on.
   *
   * @param step the step it was taken after
   * @param epoch the epoch that ended
   * @param loss the mean over their supervised tokens
   */
  record EvaluationRecord(long step, int epoch, double loss) {}
}
