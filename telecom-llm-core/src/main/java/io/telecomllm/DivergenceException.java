package io.telecomllm;

/**
 * The numbers of a training run went wrong at the step that the message names: lower the learning
 * rate, check the data of that step, or let the run skip such steps.
 */
public class DivergenceException extends TelecomLlmException {
  /** With a message that names what and where. */
  public DivergenceException(String message) {
    super(message);
  }

  /** With a message that names what and where, and the cause below it. */
  public DivergenceException(String message, Throwable cause) {
    super(message, cause);
  }
}
