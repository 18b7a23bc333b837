package io.telecomllm.inference.evaluation;

import static com.google.common.base.Preconditions.checkArgument;

import io.telecomllm.data.Accuracy;
import io.telecomllm.data.Category;
import io.telecomllm.data.Choices;
import io.telecomllm.inference.calibration.Abstention;
import io.telecomllm.inference.calibration.Calibration;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * The result of an evaluation. Immutable.
 *
 * @param outcomes the answers in the order of the questions, at least one
 * @param seconds the time that it took
 */
public record Evaluation(List<Outcome> outcomes, double seconds) {
  /** Checks that there are outcomes. */
  public Evaluation {
    outcomes = List.copyOf(outcomes);
    checkArgument(!outcomes.isEmpty(), "outcomes are empty, expected at least one");
    checkArgument(seconds >= 0, "seconds is %s, must be at least 0", seconds);
  }

  /**
   * Returns what the same scores give with another calibration and rule, without asking again.
   *
   * @param abstention decides which answers are given; all are if it is empty
   */
  public Evaluation with(Calibration calibration, Optional<Abstention> abstention) {
    return new Evaluation(
        outcomes.stream().map(o -> o.with(calibration, abstention)).toList(), seconds);
  }

  /** Returns the accuracy on all questions. */
  public Accuracy accuracy() {
    return share(outcomes, Outcome::right);
  }

  /**
   * Returns the loss of the choices and that of a guess. It tells two models apart with fewer
   * questions than the accuracy, since it sees how sure each choice was.
   */
  public Choices choices() {
    return outcomes.stream().map(Outcome::choices).reduce(Choices.NONE, Choices::plus);
  }

  /** Returns the accuracy for each category that has questions. */
  public Map<Category, Accuracy> byCategory() {
    Map<Category, Accuracy> categories = new EnumMap<>(Category.class);
    for (Category category : Category.values()) {
      List<Outcome> own =
          outcomes.stream().filter(o -> o.question().category() == category).toList();
      if (!own.isEmpty()) {
        categories.put(category, share(own, Outcome::right));
      }
    }
    return categories;
  }

  /**
   * Returns the accuracy of {@link io.telecomllm.data.NoKnowledgeHeuristic} on the same questions.
   */
  public Accuracy heuristic() {
    return share(outcomes, Outcome::guessable);
  }

  /** Returns the accuracy on the questions that the heuristic gets wrong, which need knowledge. */
  public Accuracy beyondHeuristic() {
    return share(outcomes.stream().filter(o -> !o.guessable()).toList(), Outcome::right);
  }

  private static Accuracy share(List<Outcome> outcomes, Predicate<Outcome> good) {
    return new Accuracy((int) outcomes.stream().filter(good).count(), outcomes.size());
  }

  /** Returns the speed, in questions a second. */
  public double questionsPerSecond() {
    return outcomes.size() / seconds;
  }

  /** Returns a table for people: a line for each figure, with intervals at 95 %. */
  public String table() {
    StringBuilder table = new StringBuilder();
    row(table, "all questions", accuracy());
    byCategory().forEach((category, accuracy) -> row(table, "  " + category.label(), accuracy));
    row(table, "no-knowledge heuristic", heuristic());
    row(table, "where the heuristic fails", beyondHeuristic());
    Choices choices = choices();
    return table
        .append(
            String.format(
                Locale.ROOT,
                "%-28s %.3f, a guess has %.3f%n",
                "loss of the choice",
                choices.loss(),
                choices.chance()))
        .append(
            String.format(
                Locale.ROOT, "%.1f seconds, %.2f questions/s%n", seconds, questionsPerSecond()))
        .toString();
  }

  private static void row(StringBuilder table, String name, Accuracy accuracy) {
    table.append(String.format(Locale.ROOT, "%-28s %s%n", name, accuracy));
  }

  /** Returns the main figures on one line. */
  @Override
  public String toString() {
    return String.format(
        Locale.ROOT,
        "Evaluation[accuracy %s, heuristic %s, %.2f questions/s]",
        accuracy(),
        heuristic(),
        questionsPerSecond());
  }
}
