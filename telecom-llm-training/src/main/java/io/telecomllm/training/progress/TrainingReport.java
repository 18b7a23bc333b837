package io.telecomllm.training.progress;

import io.telecomllm.Internal;
import io.telecomllm.data.Choices;
import io.telecomllm.lineage.Lineage;
import io.telecomllm.lora.LoraConfig;
import io.telecomllm.training.progress.TrainingListener.AnomalyRecord;
import io.telecomllm.training.progress.TrainingListener.EvaluationRecord;
import io.telecomllm.training.progress.TrainingListener.StepRecord;
import io.telecomllm.training.progress.TrainingListener.WarningRecord;
import io.telecomllm.training.settings.TrainingConfig;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;

/**
 * What a run did, from its first step, also if it was resumed.
 *
 * @param config its settings
 * @param lora what was adapted
 * @param steps each optimizer step
 * @param evaluations each evaluation
 * @param anomalies the anomalies whose steps were skipped
 * @param warnings what a user should know about the run
 * @param accuracy the correct answers to validation questions before and after, by category; empty
 *     if they were not measured
 * @param skipped the number of questions left out because they are too long
 * @param ending why it ended
 */
public record TrainingReport(
    TrainingConfig config,
    LoraConfig lora,
    List<StepRecord> steps,
    List<EvaluationRecord> evaluations,
    List<AnomalyRecord> anomalies,
    List<WarningRecord> warnings,
    List<CategoryAccuracy> accuracy,
    int skipped,
    Ending ending) {
  /** Keeps copies of the lists. */
  public TrainingReport {
    steps = List.copyOf(steps);
    evaluations = List.copyOf(evaluations);
    anomalies = List.copyOf(anomalies);
    warnings = List.copyOf(warnings);
    accuracy = List.copyOf(accuracy);
  }

  /** Why a run ended. */
  public enum Ending {
    /** All steps were made. */
    COMPLETED,
    /** The evaluations stopped improving. */
    STOPPED_EARLY,
    /** It was cancelled. */
    CANCELLED
  }

  /**
   * The number of correct answers to the questions of a category.
   *
   * @param category its name in the dataset
   * @param questions the number of questions asked
   * @param before the number answered correctly by the base model
   * @param after the number answered correctly with the adapter
   */
  public record CategoryAccuracy(String category, int questions, int before, int after) {}

  /** Returns whether the run was cancelled before its end. */
  public boolean cancelled() {
    return ending == Ending.CANCELLED;
  }

  /** Returns the time of all steps, in seconds. */
  public double seconds() {
    return steps.stream().mapToDouble(StepRecord::seconds).sum();
  }

  /**
   * Returns the tokens of questions per second, shared beginnings counted for each question; NaN if
   * there was no step.
   */
  public double tokensPerSecond() {
    return steps.stream().mapToLong(StepRecord::tokens).sum() / seconds();
  }

  /** Returns the mean loss of the last steps, at most ten; NaN if there was no step. */
  public double finalLoss() {
    return last().stream().mapToDouble(StepRecord::loss).average().orElse(Double.NaN);
  }

  /**
   * Returns the mean penalty of the last steps, at most ten, a part of {@link #finalLoss}; NaN if
   * there was no step.
   */
  public double finalPenalty() {
    return last().stream().mapToDouble(StepRecord::penalty).average().orElse(Double.NaN);
  }

  /** Returns how well the options were chosen in the last steps, at most ten. */
  public Choices finalChoices() {
    return last().stream().map(StepRecord::choices).reduce(Choices.NONE, Choices::plus);
  }

  private List<StepRecord> last() {
    return steps.subList(Math.max(0, steps.size() - 10), steps.size());
  }

  /**
   * Returns a line such as {@code completed after 50 steps (12 min), loss 0.093, choice 1.41 (43 %
   * right)}, the means of the last steps; {@link #steps} has each.
   */
  @Override
  public String toString() {
    StringBuilder line = new StringBuilder();
    line.append(ending.name().toLowerCase(Locale.ROOT).replace('_', ' '));
    double seconds = seconds();
    line.append(
        String.format(
            Locale.ROOT,
            " after %d step%s (%s)",
            steps.size(),
            steps.size() == 1 ? "" : "s",
            seconds < 120
                ? String.format(Locale.ROOT, "%.1f s", seconds)
                : String.format(Locale.ROOT, "%.0f min", seconds / 60)));
    if (!steps.isEmpty()) {
      line.append(String.format(Locale.ROOT, ", loss %.3f", finalLoss()));
      if (finalPenalty() > 0) {
        line.append(String.format(Locale.ROOT, " (penalty %.3f)", finalPenalty()));
      }
    }
    Choices choices = finalChoices();
    if (choices.questions() > 0) {
      line.append(
          String.format(
              Locale.ROOT,
              ", choice %.2f (%.0f %% right)",
              choices.loss(),
              100 * choices.accuracy().value()));
    }
    int questions = accuracy.stream().mapToInt(CategoryAccuracy::questions).sum();
    if (questions > 0) {
      line.append(
          String.format(
              Locale.ROOT,
              ", right answers %d -> %d of %d",
              accuracy.stream().mapToInt(CategoryAccuracy::before).sum(),
              accuracy.stream().mapToInt(CategoryAccuracy::after).sum(),
              questions));
    }
    appendCount(line, skipped, "question", "left out");
    appendCount(line, anomalies.size(), "step", "skipped");
    appendCount(line, warnings.size(), "warning", "");
    return line.toString();
  }

  private static void appendCount(StringBuilder line, int count, String what, String how) {
    if (count > 0) {
      line.append(", ").append(count).append(' ').append(what).append(count == 1 ? "" : "s");
      line.append(how.isEmpty() ? "" : " " + how);
    }
  }

  /** Returns the part of the report that the adapter's lineage keeps. */
  @Internal
  public Lineage.Metrics metrics() {
    double last = finalLoss();
    return new Lineage.Metrics(
        steps.size(),
        seconds(),
        Double.isNaN(last) ? OptionalDouble.empty() : OptionalDouble.of(last),
        // a loss that is not finite does not end a run; lineage does not keep it
        evaluations.stream()
            .filter(e -> Double.isFinite(e.loss()))
            .map(e -> new Lineage.Evaluation(e.step(), e.loss()))
            .toList(),
        OptionalDouble.empty());
  }
}
