package io.telecomllm.inference.evaluation.report;

import static com.google.common.base.Preconditions.checkArgument;
import static java.util.Objects.requireNonNull;

import io.telecomllm.inference.calibration.ConformalRule;
import io.telecomllm.inference.evaluation.Evaluation;
import io.telecomllm.inference.evaluation.RemovedOption;
import io.telecomllm.inference.statistics.Bootstrap;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * Writes an evaluation's figures: {@value #JSON} for programs and {@value #PAGE} for people, one
 * file with its styles and drawings inside, without scripts or anything loaded from a network. The
 * same evaluation gives the same bytes. Immutable; each setting returns a changed copy.
 *
 * @param evaluation the answers
 * @param name a name for people, such as that of the model and its adapter
 * @param removed the same questions, or some of them, without their right option; may be empty
 * @param sets the rule whose conformal sets are measured; it must have been fitted on other
 *     questions
 * @param bootstrap draws the resamples of the intervals
 * @param outcomeLines whether the JSON has a line for each question
 * @param mostConfidentlyWrong the number of wrong choices that the page shows with their questions,
 *     the surest first; with 0 it shows no question
 */
public record EvaluationReport(
    Evaluation evaluation,
    String name,
    List<RemovedOption> removed,
    Optional<ConformalRule> sets,
    Bootstrap bootstrap,
    boolean outcomeLines,
    int mostConfidentlyWrong) {
  /** The name of the file for programs. */
  public static final String JSON = "evaluation.json";

  /** The name of the file for people. */
  public static final String PAGE = "evaluation.html";

  private static final int DEFAULT_WRONG = 20;
  private static final int MOST_WRONG = 1000;

  /** Checks the ranges and copies the list. */
  public EvaluationReport {
    requireNonNull(evaluation, "evaluation is null");
    requireNonNull(name, "name is null");
    removed = List.copyOf(removed);
    requireNonNull(sets, "sets is null");
    requireNonNull(bootstrap, "bootstrap is null");
    checkArgument(
        mostConfidentlyWrong >= 0 && mostConfidentlyWrong <= MOST_WRONG,
        "mostConfidentlyWrong is %s, must be 0 to %s",
        mostConfidentlyWrong,
        MOST_WRONG);
  }

  /** Creates a report of an evaluation, with 2,000 resamples and 20 wrong choices. */
  public static EvaluationReport of(Evaluation evaluation) {
    return new EvaluationReport(
        evaluation, "", List.of(), Optional.empty(), Bootstrap.seeded(0), false, DEFAULT_WRONG);
  }

  /** Sets {@link #name()}. */
  public EvaluationReport name(String value) {
    return new EvaluationReport(
        evaluation, value, removed, sets, bootstrap, outcomeLines, mostConfidentlyWrong);
  }

  /** Sets {@link #removed()}. */
  public EvaluationReport removed(List<RemovedOption> value) {
    return new EvaluationReport(
        evaluation, name, value, sets, bootstrap, outcomeLines, mostConfidentlyWrong);
  }

  /** Sets {@link #sets()}. */
  public EvaluationReport sets(ConformalRule value) {
    return new EvaluationReport(
        evaluation,
        name,
        removed,
        Optional.of(value),
        bootstrap,
        outcomeLines,
        mostConfidentlyWrong);
  }

  /** Sets {@link #bootstrap()}. */
  public EvaluationReport bootstrap(Bootstrap value) {
    return new EvaluationReport(
        evaluation, name, removed, sets, value, outcomeLines, mostConfidentlyWrong);
  }

  /** Sets {@link #outcomeLines()}. */
  public EvaluationReport outcomeLines(boolean value) {
    return new EvaluationReport(
        evaluation, name, removed, sets, bootstrap, value, mostConfidentlyWrong);
  }

  /** Sets {@link #mostConfidentlyWrong()}. */
  public EvaluationReport mostConfidentlyWrong(int value) {
    return new EvaluationReport(evaluation, name, removed, sets, bootstrap, outcomeLines, value);
  }

  /**
   * Computes the figures; 1,000 questions with 2,000 resamples take some seconds.
   *
   * @throws IllegalArgumentException naming the question, if one was asked without its right option
   *     that is not in the evaluation
   */
  public EvaluationFigures figures() {
    return EvaluationFigures.of(evaluation, removed, sets, bootstrap);
  }

  /**
   * Computes the figures and writes both files. An older file of the same name is replaced once the
   * new one is complete.
   *
   * @param folder is created if it does not exist
   * @throws io.telecomllm.StorageException naming the file, if it cannot be written
   */
  public EvaluationFigures write(Path folder) {
    requireNonNull(folder, "folder is null");
    EvaluationFigures figures = figures();
    ReportFiles.write(folder.resolve(JSON), EvaluationJson.of(this, figures));
    ReportFiles.write(folder.resolve(PAGE), EvaluationPage.of(this, figures));
    return figures;
  }
}
