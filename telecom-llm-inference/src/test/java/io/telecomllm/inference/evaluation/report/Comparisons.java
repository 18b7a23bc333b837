package io.telecomllm.inference.evaluation.report;

import io.telecomllm.data.Category;
import io.telecomllm.data.Question;
import io.telecomllm.inference.evaluation.Evaluation;
import io.telecomllm.inference.evaluation.Outcome;
import io.telecomllm.inference.evaluation.report.Comparison.Named;
import io.telecomllm.inference.statistics.Bootstrap;
import java.util.ArrayList;
import java.util.List;

/** Comparisons of two answerers that differ on a known number of questions. */
final class Comparisons {
  private Comparisons() {}

  /** Returns a comparison in which the first questions are lost and the last ones are gained. */
  static Comparison of(int questions, int lost, int gained, Bootstrap bootstrap) {
    return Comparison.of(
        new Named("yesterday", evaluation(questions, 0, questions - gained)),
        new Named("tonight", evaluation(questions, lost, questions)),
        bootstrap);
  }

  /** Returns an evaluation in which the questions from one number to another are right. */
  static Evaluation evaluation(int questions, int from, int to) {
    List<Outcome> outcomes = new ArrayList<>();
    for (int i = 0; i < questions; i++) {
      // four fifths are of the second category, the last ones
      Category category = i < questions / 5 ? Category.LEXICON : Category.STANDARDS_SPECIFICATIONS;
      Question question =
          new Question("q" + i, "What is " + i + "?", List.of("a", "bb"), 0, "", category);
      boolean right = i >= from && i < to;
      outcomes.add(Outcomes.of(question, right ? 0.9 : 0.1, right ? 0.1 : 0.9));
    }
    return new Evaluation(outcomes, 1);
  }
}
