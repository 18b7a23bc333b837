package io.telecomllm.training.progress;

import io.telecomllm.Internal;
import io.telecomllm.data.Choices;
import io.telecomllm.lora.LoraConfig;
import io.telecomllm.training.settings.TrainingConfig;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalDouble;

/**
 * Receives the events of a run while it is under way, on the thread that trains. An exception from
 * a listener ends the run. Every method does nothing unless overridden.
 */
public interface TrainingListener {
  /** A listener that ignores every event. */
  TrainingListener NONE = new TrainingListener() {};

  /** Returns a listener that passes every event to each of these, in this order. */
  static TrainingListener all(TrainingListener... listeners) {
    return new Listeners(List.of(listeners));
  }

  /** Called before the first step. */
  default void started(RunRecord run) {}

  /** Called after each optimizer step. */
  default void step(StepRecord step) {}

  /** Called while questions are evaluated, also before the first step and after the last one. */
  default void evaluating(EvaluationProgress progress) {}

  /** Called after each evaluation; there are none without validation questions. */
  default void evaluated(EvaluationRecord evaluation) {}

  /** Called after a checkpoint was written. */
  default void saved(CheckpointRecord checkpoint) {}

  /** Called when memory was short: from now on fewer questions are computed at a time. */
  default void memoryShort(MemoryRecord memory) {}

  /** Called when the run goes on but teaches less than its loss suggests. */
  default void warned(WarningRecord warning) {}

  /** Called when the run notices an anomaly. */
  default void anomaly(AnomalyRecord anomaly) {}

  /** Called after the last step, also of a run that was cancelled; not of a run that failed. */
  default void finished(TrainingReport report) {}

  /**
   * A run that starts or resumes.
   *
   * @param config the settings
   * @param lora what is adapted
   * @param steps the number of optimizer steps of the whole run
   * @param resumedAt the number of steps that earlier runs have made; 0 for a new run
   * @param questions the number of training questions
   * @param skipped the number of questions left out because they are too long
   * @param trainableParameters the number of values that the adapter trains
   * @param microBatch the number of questions computed at a time
   */
  record RunRecord(
      TrainingConfig config,
      LoraConfig lora,
      long steps,
      long resumedAt,
      int questions,
      int skipped,
      long trainableParameters,
      int microBatch) {}

  /**
   * How far an evaluation is.
   *
   * @param step the step after which it takes place; 0 before the first one
   * @param done the number of questions computed so far, at least 1
   * @param questions the number of questions of the whole evaluation; a question counts twice if
   *     both its loss and its answer are asked for
   */
  record EvaluationProgress(long step, int done, int questions) {}

  /**
   * One optimizer step.
   *
   * @param step its number, from 1
   * @param epoch the epoch it belongs to, from 1
   * @param loss the mean over the step's supervised tokens, weighted by {@code textWeight}, before
   *     the step; with the penalty
   * @param penalty the part of the loss that is the penalty for wrong answers; 0 without one
   * @param choices how well the options of its questions were chosen, before the step
   * @param gradientNorm the norm before clipping
   * @param learningRate the rate of this step
   * @param questions the number of questions in this step
   * @param tokens the number of tokens of these questions
   * @param rows the number of rows computed for them, shared beginnings counted once
   * @param seconds the time that the step took
   */
  record StepRecord(
      long step,
      int epoch,
      double loss,
      double penalty,
      Choices choices,
      double gradientNorm,
      double learningRate,
      int questions,
      int tokens,
      int rows,
      double seconds) {}

  /**
   * The result of an evaluation on the validation questions.
   *
   * @param step the step after which it was measured
   * @param epoch the epoch under way, or the one that just ended
   * @param loss the mean over the supervised tokens, weighted by {@code textWeight}; with the
   *     penalty
   * @param penalty the part of the loss that is the penalty for wrong answers; 0 without one
   * @param choices how well the options of all validation questions were chosen
   * @param accuracy the share of the first questions that an answerer answers correctly, 0 to 1;
   *     empty if it was not measured
   * @param best whether it is the best so far by the run's metric
   */
  record EvaluationRecord(
      long step,
      int epoch,
      double loss,
      double penalty,
      Choices choices,
      OptionalDouble accuracy,
      boolean best) {
    /** Returns a copy that is the best so far, or not. */
    @Internal
    public EvaluationRecord withBest(boolean value) {
      return new EvaluationRecord(step, epoch, loss, penalty, choices, accuracy, value);
    }
  }

  /**
   * A checkpoint on disk.
   *
   * @param step the step after which it was written
   * @param folder its folder
   */
  record CheckpointRecord(long step, Path folder) {}

  /**
   * A micro-batch that was too large. The step is repeated in smaller ones, with the same result up
   * to rounding.
   *
   * @param step the step in which it happened, from 1
   * @param microBatch the number of questions computed at a time from now on
   * @param message the device's error message
   */
  record MemoryRecord(long step, int microBatch, String message) {}

  /**
   * Something that a user should know; the run goes on.
   *
   * @param step the step after which it was noticed
   * @param message what was noticed, with the figures, and what helps
   */
  record WarningRecord(long step, String message) {}

  /**
   * An anomaly in a step.
   *
   * @param step the step in which it was noticed, from 1
   * @param kind its kind
   * @param message where it was noticed, with the value
   * @param skipped whether the step was skipped; if not, the run ends
   */
  record AnomalyRecord(long step, Anomaly kind, String message, boolean skipped) {}

  /** The kinds of anomalies. */
  enum Anomaly {
    /** The loss is NaN or infinite. */
    LOSS_NOT_FINITE,
    /** A gradient is NaN or infinite. */
    GRADIENT_NOT_FINITE,
    /** The loss is far above the mean of the steps before. */
    LOSS_SPIKE,
    /** A question of the step has no token to predict. */
    NOTHING_SUPERVISED,
    /** The gradient of a parameter that should learn is 0. */
    NO_GRADIENT
  }
}
