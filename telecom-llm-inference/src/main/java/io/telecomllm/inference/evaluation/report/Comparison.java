package io.telecomllm.inference.evaluation.report;

import static com.google.common.base.Preconditions.checkArgument;
import static java.util.Objects.requireNonNull;

import io.telecomllm.data.Category;
import io.telecomllm.data.Question;
import io.telecomllm.inference.evaluation.Evaluation;
import io.telecomllm.inference.evaluation.report.ComparedGroup.Paired;
import io.telecomllm.inference.statistics.Bootstrap;
import io.telecomllm.text.Quoted;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;

/**
 * Two evaluations of the same questions: two models, adapters, or settings. Immutable.
 *
 * @param baseline a name for what is used now
 * @param candidate a name for what may take its place
 * @param all both on all questions
 * @param byCategory both on each category that has questions
 * @param beyondHeuristic both on the questions that a guess without knowledge gets wrong; empty if
 *     there are none
 * @param resamples the number of resamples of the p-values
 * @param lost the questions that only the baseline got right
 * @param gained the questions that only the candidate got right
 */
public record Comparison(
    String baseline,
    String candidate,
    ComparedGroup all,
    Map<Category, ComparedGroup> byCategory,
    Optional<ComparedGroup> beyondHeuristic,
    int resamples,
    List<Question> lost,
    List<Question> gained) {
  /** Copies the lists and the map. */
  public Comparison {
    requireNonNull(baseline, "baseline is null");
    requireNonNull(candidate, "candidate is null");
    requireNonNull(all, "all is null");
    requireNonNull(beyondHeuristic, "beyondHeuristic is null");
    byCategory = Groups.inOrder(Category.class, byCategory);
    lost = List.copyOf(lost);
    gained = List.copyOf(gained);
  }

  /** An evaluation with a name for people. */
  public record Named(String name, Evaluation evaluation) {
    /** Checks that there are both. */
    public Named {
      requireNonNull(name, "name is null");
      requireNonNull(evaluation, "evaluation is null");
    }
  }

  /**
   * Compares two evaluations; 1,000 questions with 2,000 resamples take some seconds.
   *
   * @param baseline what is used now
   * @param candidate what may take its place, evaluated on the same questions in the same order
   * @param bootstrap draws the resamples, the same questions for both
   * @throws IllegalArgumentException naming the first difference, if the questions are not the same
   */
  public static Comparison of(Named baseline, Named candidate, Bootstrap bootstrap) {
    List<Paired> pairs = pairs(baseline.evaluation(), candidate.evaluation());
    Function<List<Paired>, ComparedGroup> compare = group -> ComparedGroup.of(group, bootstrap);
    Map<Category, ComparedGroup> byCategory = new EnumMap<>(Category.class);
    Groups.byCategory(pairs, Paired::baseline)
        .forEach((category, group) -> byCategory.put(category, compare.apply(group)));
    return new Comparison(
        baseline.name(),
        candidate.name(),
        compare.apply(pairs),
        byCategory,
        Groups.beyondHeuristic(pairs, Paired::baseline).map(compare),
        bootstrap.resamples(),
        questions(pairs, pair -> pair.baseline().right() && !pair.candidate().right()),
        questions(pairs, pair -> pair.candidate().right() && !pair.baseline().right()));
  }

  private static List<Question> questions(List<Paired> pairs, Predicate<Paired> which) {
    return pairs.stream().filter(which).map(pair -> pair.baseline().question()).toList();
  }

  private static List<Paired> pairs(Evaluation baseline, Evaluation candidate) {
    int first = baseline.outcomes().size();
    int second = candidate.outcomes().size();
    List<Paired> pairs = new ArrayList<>();
    for (int i = 0; i < Math.min(first, second); i++) {
      Paired pair = new Paired(baseline.outcomes().get(i), candidate.outcomes().get(i));
      checkSame(i, pair.baseline().question(), pair.candidate().question());
      pairs.add(pair);
    }
    checkArgument(
        first == second,
        "the baseline has %s questions and the candidate %s, must be the same ones",
        first,
        second);
    return pairs;
  }

  private static void checkSame(int index, Question baseline, Question candidate) {
    checkArgument(
        baseline.id().equals(candidate.id()),
        "outcome %s is '%s' of the baseline and '%s' of the candidate, must be the same question",
        index,
        Quoted.line(baseline.id()),
        Quoted.line(candidate.id()));
    checkArgument(
        baseline.equals(candidate),
        "outcome %s, '%s', has another text, category, or other options in the two evaluations",
        index,
        Quoted.line(baseline.id()));
  }
}
