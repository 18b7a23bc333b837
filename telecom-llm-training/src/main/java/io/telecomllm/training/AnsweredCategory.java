package io.telecomllm.training;

import io.telecomllm.data.Question;
import io.telecomllm.json.JsonView;
import io.telecomllm.lineage.ProbeScorer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.BooleanSupplier;

/**
 * How many questions of a category a model answers rightly.
 *
 * @param category its name in the dataset
 * @param questions that were asked
 * @param right of them
 */
record AnsweredCategory(String category, int questions, int right) {
  /**
   * Asks all that fit the model.
   *
   * @param stop whether to give up; then the result is empty
   */
  static List<AnsweredCategory> ask(
      ProbeScorer scorer, List<Question> questions, BooleanSupplier stop) {
    Map<String, AnsweredCategory> all = new TreeMap<>();
    for (Question question : questions) {
      if (stop.getAsBoolean()) {
        return List.of();
      }
      if (scorer.fits(question.text(), question.options())) {
        all.merge(
            question.category().label(),
            new AnsweredCategory(question.category().label(), 1, scorer.isRight(question) ? 1 : 0),
            AnsweredCategory::plus);
      }
    }
    return new ArrayList<>(all.values());
  }

  private AnsweredCategory plus(AnsweredCategory other) {
    return new AnsweredCategory(category, questions + other.questions, right + other.right);
  }

  /** The share of all that is right; NaN of none. */
  static double accuracy(List<AnsweredCategory> all) {
    int asked = all.stream().mapToInt(AnsweredCategory::questions).sum();
    int right = all.stream().mapToInt(AnsweredCategory::right).sum();
    return asked == 0 ? Double.NaN : (double) right / asked;
  }

  static AnsweredCategory of(JsonView json) {
    return new AnsweredCategory(
        json.string("category"),
        json.integer("questions", 1, Integer.MAX_VALUE),
        json.integer("right", 0, Integer.MAX_VALUE));
  }
}
