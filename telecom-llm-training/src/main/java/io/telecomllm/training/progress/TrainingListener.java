package io.telecomllm.training.progress;

import io.telecomllm.lora.LoraConfig;
import io.telecomllm.training.settings.TrainingConfig;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalDouble;

/**
 * Hears of a run while it goes on, on the thread that trains. What it throws ends the run. Every
 * method does nothing unless overridden.
 */
public interface TrainingListener {
  /** Hears nothing. */
  TrainingListener NONE = new TrainingListener() {};

  /** Several listeners as one; each hears everything, in this order. */
  static TrainingListener all(TrainingListener... listeners) {
    return new Listeners(List.of(listeners));
  }

  /** Before the first step. */
  default void started(RunRecord run) {}

  /** After each optimizer step. */
  default void step(StepRecord step) {}

  /** After each evaluation, if there are validation questions. */
  default void evaluated(EvaluationRecord evaluation) {}

  /** After a checkpoint was written. */
  default void saved(CheckpointRecord checkpoint) {}

  /** When memory was short: from now on fewer questions are computed at a time. */
  default void memoryShort(MemoryRecord memory) {}

  /** When something is seen that should not be. */
  default void anomaly(AnomalyRecord anomaly) {}

  /** After the last step, also of a run that was cancelled; not after one that failed. */
  default void finished(TrainingReport report) {}

  /**
   * A run that begins, or goes on.
   *
   * @param config the settings
   * @param lora what is adapted
   * @param steps how many optimizer steps the whole run has
   * @param resumedAt how many of them an earlier run has made; 0 for a new one
   * @param questions that are learnt from
   * @param skipped questions left out because they are too long
   * @param trainableParameters of the adapter
   * @param microBatch how many questions are computed at a time
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
   * @param epoch the epoch under way, or that ended
   * @param loss the mean over their supervised tokens
   * @param accuracy the share of them answered rightly, 0 to 1; empty where it is not measured
   * @param best whether it is the best so far by the run's own measure
   */
  record EvaluationRecord(
      long step, int epoch, double loss, OptionalDouble accuracy, boolean best) {}

  /**
   * A checkpoint on disk.
   *
   * @param step the step it was taken after
   * @param folder where it lies
   */
  record CheckpointRecord(long step, Path folder) {}

  /**
   * A micro-batch that was too large. The step is made anew in smaller ones, with the same result.
   *
   * @param step the step in which it was seen, from 1
   * @param microBatch how many questions are computed at a time from now on
   * @param message what the device said
   */
  record MemoryRecord(long step, int microBatch, String message) {}

  /**
   * Something that should not be.
   *
   * @param step the step in which it was seen, from 1
   * @param kind what it is
   * @param message where it was seen, with the value
   * @param skipped whether the step was left out; else the run ends
   */
  record AnomalyRecord(long step, Anomaly kind, String message, boolean skipped) {}

  /** What can go wrong with numbers. */
  enum Anomaly {
    /** The loss is NaN or infinite. */
    LOSS_NOT_FINITE,
    /** A gradient is NaN or infinite. */
    GRADIENT_NOT_FINITE,
    /** The loss is far above that of the steps before. */
    LOSS_SPIKE,
    /** No token of the step is to be predicted. */
    NOTHING_SUPERVISED,
    /** A matrix that should learn gets no gradient. */
    NO_GRADIENT
  }
}
