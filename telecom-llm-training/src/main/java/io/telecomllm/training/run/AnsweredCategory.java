package io.telecomllm.training.run;

import io.telecomllm.json.JsonView;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The number of questions of a category that a model answers correctly.
 *
 * @param category its name in the dataset
 * @param questions the number of questions asked
 * @param right the number answered correctly
 */
record AnsweredCategory(String category, int questions, int right) {
  /** Adds up the parts of each category, ordered by name. */
  static List<AnsweredCategory> sum(List<AnsweredCategory> parts) {
    Map<String, AnsweredCategory> all = new TreeMap<>();
    parts.forEach(part -> all.merge(part.category, part, AnsweredCategory::plus));
    return List.copyOf(all.values());
  }

  private AnsweredCategory plus(AnsweredCategory other) {
    return new AnsweredCategory(category, questions + other.questions, right + other.right);
  }

  /** Returns the share of correct answers; NaN if no question was asked. */
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
