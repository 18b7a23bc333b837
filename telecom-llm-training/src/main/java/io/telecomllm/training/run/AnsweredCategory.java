package io.telecomllm.training.run;

import io.telecomllm.json.JsonView;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * How many questions of a category a model answers rightly.
 *
 * @param category its name in the dataset
 * @param questions that were asked
 * @param right of them
 */
record AnsweredCategory(String category, int questions, int right) {
  /** Adds up what belongs to the same category; ordered by its name. */
  static List<AnsweredCategory> sum(List<AnsweredCategory> parts) {
    Map<String, AnsweredCategory> all = new TreeMap<>();
    parts.forEach(part -> all.merge(part.category, part, AnsweredCategory::plus));
    return List.copyOf(all.values());
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
