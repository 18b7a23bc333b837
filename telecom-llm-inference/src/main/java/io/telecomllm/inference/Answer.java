package io.telecomllm.inference;

import io.telecomllm.inference.calibration.Evidence;
import io.telecomllm.knowledge.Passage;
import java.io.Serializable;
import java.util.List;
import java.util.Optional;

/**
 * The answer to a multiple-choice question: one of the options that were offered, or an abstention,
 * which leaves the question to a person. Without an abstention rule every question is {@link
 * Answered}, unless the prompt offers to say that the answer is not known and the model does.
 *
 * <pre>{@code
 * if (answer instanceof Answered given) {
 *   act(given.text(), given.citations());
 * } else if (answer instanceof Abstained left) {
 *   askAPerson(left.reason(), left.candidates());
 * }
 * }</pre>
 */
public sealed interface Answer extends Serializable permits Answered, Abstained {
  /** Returns what the model chooses, whether it is given or not. */
  ModelChoice choice();

  /** Returns this answer if it is given; empty for an abstention. */
  Optional<Answered> given();

  /** Returns the text of the question. */
  default String question() {
    return choice().question();
  }

  /** Returns the options that were offered. */
  default List<String> options() {
    return choice().options();
  }

  /**
   * Returns the probability, 0 to 1, that the most probable option is right: calibrated if the
   * answerer has a calibration, else the model's own.
   */
  default double confidence() {
    return choice().calibrated().confidence();
  }

  /**
   * Returns the probability of each option among those offered, in their order; they sum to 1. They
   * are calibrated if the answerer has a calibration of probabilities, else the model's own.
   */
  default List<Double> probabilities() {
    return choice().calibrated().probabilities().values();
  }

  /** Returns the numbers that the confidence follows from. */
  default Evidence evidence() {
    return choice().evidence();
  }

  /** Returns the passages in the prompt, best first; empty without a knowledge base. */
  default List<Passage> passages() {
    return choice().passages();
  }
}
