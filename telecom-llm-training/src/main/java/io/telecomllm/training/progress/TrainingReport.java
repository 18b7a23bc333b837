package io.telecomllm.training.progress;

import io.telecomllm.lineage.Lineage;
import io.telecomllm.lora.LoraConfig;
import io.telecomllm.training.progress.TrainingListener.AnomalyRecord;
import io.telecomllm.training.progress.TrainingListener.EvaluationRecord;
import io.telecomllm.training.progress.TrainingListener.StepRecord;
import io.telecomllm.training.settings.TrainingConfig;
import java.util.List;
import java.util.OptionalDouble;

/**
 * What a run did.
 *
 * @param config its settings
 * @param lora what was adapted
 * @param steps each optimizer step
 * @param evaluations each evaluation
 * @param anomalies that were seen and skipped
 * @param accuracy on validation questions before and after, by category; empty where it was not
 *     measured
 * @param skipped questions left out because they are too long
 * @param ending why it ended
 */
public record TrainingReport(
    TrainingConfig config,
    LoraConfig lora,
    List<StepRecord> steps,
    List<EvaluationRecord> evaluations,
    List<AnomalyRecord> anomalies,
    List<CategoryAccuracy> accuracy,
    int skipped,
    Ending ending) {
  /** Keeps copies of the lists. */
  public TrainingReport {
    steps = List.copyOf(steps);
    evaluations = List.copyOf(evaluations);
    anomalies = List.copyOf(anomalies);
    accuracy = List.copyOf(accuracy);
  }

  /** Why a run ended. */
  public enum Ending {
    /** All steps were made. */
    COMPLETED,
    /** The evaluations got no better. */
    STOPPED_EARLY,
    /** It was asked to. */
    CANCELLED
  }

  /**
   * How many questions of a category were answered rightly.
   *
   * @param category its name in the dataset
   * @param questions how many there were
   * @param before rightly answered by the base model
   * @param after rightly answered with the adapter
   */
  public record CategoryAccuracy(String category, int questions, int before, int after) {}

  /** Whether it was stopped before its end. */
  public boolean cancelled() {
    return ending == Ending.CANCELLED;
  }

  /** The time of all steps, in seconds. */
  public double seconds() {
    return steps.stream().mapToDouble(StepRecord::seconds).sum();
  }

  /** Tokens of questions a second, shared beginnings counted for each question. */
  public double tokensPerSecond() {
    return steps.stream().mapToLong(StepRecord::tokens).sum() / seconds();
  }

  /** The mean loss of the last steps, at most ten; NaN if there was none. */
  public double finalLoss() {
    return steps.subList(Math.max(0, steps.size() - 10), steps.size()).stream()
        .mapToDouble(StepRecord::loss)
        .average()
        .orElse(Double.NaN);
  }

  /** What an adapter's lineage keeps of it. */
  public Lineage.Metrics metrics() {
    double last = finalLoss();
    return new Lineage.Metrics(
        steps.size(),
        seconds(),
        Double.isNaN(last) ? OptionalDouble.empty() : OptionalDouble.of(last),
        // one that is not finite ends no run, and is nothing to keep
        evaluations.stream()
            .filter(e -> Double.isFinite(e.loss()))
            .map(e -> new Lineage.Evaluation(e.step(), e.loss()))
            .toList(),
        OptionalDouble.empty());
  }
}
