package io.telecomllm.training;

import io.telecomllm.lineage.Lineage;
import io.telecomllm.training.TrainingListener.EvaluationRecord;
import io.telecomllm.training.TrainingListener.StepRecord;
import java.util.List;
import java.util.OptionalDouble;

/**
 * What a run did.
 *
 * @param config its settings
 * @param steps each optimizer step
 * @param evaluations each evaluation
 * @param skipped questions left out because they are too long
 * @param cancelled whether it was stopped before its end
 */
public record TrainingReport(
    TrainingConfig config,
    List<StepRecord> steps,
    List<EvaluationRecord> evaluations,
    int skipped,
    boolean cancelled) {
  /** Keeps copies of the lists. */
  public TrainingReport {
    steps = List.copyOf(steps);
    evaluations = List.copyOf(evaluations);
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
  Lineage.Metrics metrics() {
    double last = finalLoss();
    return new Lineage.Metrics(
        steps.size(),
        seconds(),
        Double.isNaN(last) ? OptionalDouble.empty() : OptionalDouble.of(last),
        evaluations.stream().map(e -> new Lineage.Evaluation(e.step(), e.loss())).toList(),
        OptionalDouble.empty());
  }
}
