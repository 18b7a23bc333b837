package io.telecomllm.inference.statistics;

import static com.google.common.base.Preconditions.checkArgument;

import java.io.Serializable;
import java.util.List;

/**
 * The readings of one question, and which option is right. Immutable.
 *
 * @param readings at least one, all with the same number of options
 * @param answer the right option by its number in the question, counted from 0
 */
public record QuestionReadings(List<Reading> readings, int answer) implements Serializable {
  /** Checks that the readings are of one question and that there is such an option. */
  public QuestionReadings {
    readings = List.copyOf(readings);
    checkArgument(!readings.isEmpty(), "there are no readings, expected at least one");
    List<Integer> options = readings.stream().map(r -> r.order().size()).distinct().toList();
    checkArgument(
        options.size() == 1, "readings have %s options, must all have the same number", options);
    checkArgument(
        answer >= 0 && answer < options.get(0),
        "answer is %s, must be 0 to %s",
        answer,
        options.get(0) - 1);
  }

  /** Returns the number of options, at least 2. */
  public int options() {
    return readings.get(0).order().size();
  }

  /** Returns whether two of the readings choose different options; false for a single reading. */
  public boolean flips() {
    return readings.stream().map(Reading::option).distinct().count() > 1;
  }
}
