package io.telecomllm.inference.evaluation.report;

import static java.util.Objects.requireNonNull;

import io.telecomllm.data.Category;
import io.telecomllm.inference.calibration.ConformalRule;
import io.telecomllm.inference.evaluation.Evaluation;
import io.telecomllm.inference.evaluation.Outcome;
import io.telecomllm.inference.evaluation.RemovedOption;
import io.telecomllm.inference.statistics.Bootstrap;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/**
 * All figures of an evaluation. Immutable.
 *
 * @param all those of all questions
 * @param byCategory those of each category that has questions
 * @param beyondHeuristic those of the questions that a guess without knowledge gets wrong ({@link
 *     io.telecomllm.data.NoKnowledgeHeuristic}); empty if there are none
 * @param removed those of the questions without their right option; empty if none were asked
 */
public record EvaluationFigures(
    GroupFigures all,
    Map<Category, GroupFigures> byCategory,
    Optional<GroupFigures> beyondHeuristic,
    Optional<RemovedFigures> removed) {
  /** Copies the map. */
  public EvaluationFigures {
    requireNonNull(all, "all is null");
    requireNonNull(beyondHeuristic, "beyondHeuristic is null");
    requireNonNull(removed, "removed is null");
    byCategory = Groups.inOrder(Category.class, byCategory);
  }

  /**
   * Computes the figures; 1,000 questions with 2,000 resamples take some seconds.
   *
   * @param bootstrap draws the resamples; its level is that of all intervals
   */
  public static EvaluationFigures of(Evaluation evaluation, Bootstrap bootstrap) {
    return of(evaluation, List.of(), Optional.empty(), bootstrap);
  }

  static EvaluationFigures of(
      Evaluation evaluation,
      List<RemovedOption> removed,
      Optional<ConformalRule> sets,
      Bootstrap bootstrap) {
    List<Outcome> outcomes = evaluation.outcomes();
    Function<List<Outcome>, GroupFigures> figures =
        group -> GroupFigures.of(group, sets, bootstrap);
    Map<Category, GroupFigures> byCategory = new EnumMap<>(Category.class);
    Groups.byCategory(outcomes, Function.identity())
        .forEach((category, group) -> byCategory.put(category, figures.apply(group)));
    return new EvaluationFigures(
        figures.apply(outcomes),
        byCategory,
        Groups.beyondHeuristic(outcomes, Function.identity()).map(figures),
        removed.isEmpty()
            ? Optional.empty()
            : Optional.of(RemovedFigures.of(outcomes, removed, bootstrap)));
  }
}
