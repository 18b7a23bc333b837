package io.telecomllm.inference.statistics;

import static com.google.common.base.Preconditions.checkArgument;

/**
 * The probabilities of a question's options, and which of them is right. Immutable.
 *
 * @param probabilities the probability of each option
 * @param answer the right option, counted from 0
 */
public record Forecast(OptionProbabilities probabilities, int answer) {
  /** Checks that there is such an option. */
  public Forecast {
    int options = probabilities.values().size();
    checkArgument(
        answer >= 0 && answer < options, "answer is %s, must be 0 to %s", answer, options - 1);
  }

  /** Returns whether the most probable option, the first of equal ones, is the right one. */
  public boolean right() {
    return probabilities.best() == answer;
  }

  /** Returns the probability of the right option, 0 to 1. */
  public double ofAnswer() {
    return probabilities.values().get(answer);
  }

  /** Returns the answer that chooses the most probable option, with its probability. */
  public GradedAnswer graded() {
    return new GradedAnswer(probabilities.highest(), right());
  }
}
