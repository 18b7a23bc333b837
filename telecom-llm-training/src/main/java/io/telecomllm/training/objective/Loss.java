package io.telecomllm.training.objective;

import io.telecomllm.Internal;
import io.telecomllm.data.Choices;
import java.io.Serializable;

/**
 * The loss of some micro-batches.
 *
 * @param value the loss that is minimised, penalty included
 * @param penalty the part of the value that is a penalty, at least 0
 * @param choices how well the labels that choose an option were predicted
 */
@Internal
public record Loss(double value, double penalty, Choices choices) implements Serializable {
  /** The loss of nothing. */
  public static final Loss NONE = new Loss(0);

  /** Creates a loss without choices. */
  public Loss(double value) {
    this(value, Choices.NONE);
  }

  /** Creates a loss without a penalty. */
  public Loss(double value, Choices choices) {
    this(value, 0, choices);
  }

  /** Returns the sum of two losses. */
  public Loss plus(Loss other) {
    return new Loss(value + other.value, penalty + other.penalty, choices.plus(other.choices));
  }

  /** Returns the loss with a penalty more. */
  public Loss withPenalty(double more) {
    return new Loss(value + more, penalty + more, choices);
  }

  /** Returns the loss with value and penalty times a factor; the choices stay. */
  public Loss times(double factor) {
    return new Loss(factor * value, factor * penalty, choices);
  }
}
