package io.telecomllm.training.objective;

import io.telecomllm.Internal;
import io.telecomllm.data.Choices;
import java.io.Serializable;

/**
 * The loss of some micro-batches.
 *
 * @param value the loss that is minimised
 * @param choices how well the labels that choose an option were predicted
 */
@Internal
public record Loss(double value, Choices choices) implements Serializable {
  /** The loss of nothing. */
  public static final Loss NONE = new Loss(0);

  /** Creates a loss without choices. */
  public Loss(double value) {
    this(value, Choices.NONE);
  }

  /** Returns the sum of two losses. */
  public Loss plus(Loss other) {
    return new Loss(value + other.value, choices.plus(other.choices));
  }

  /** Returns the loss with its value times a factor; the choices stay. */
  public Loss times(double factor) {
    return new Loss(factor * value, choices);
  }
}
