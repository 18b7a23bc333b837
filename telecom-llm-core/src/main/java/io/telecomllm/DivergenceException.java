package io.telecomllm;

/**
 * Thrown when a loss, gradient or score is not finite. The message names the step or the question:
 * lower the learning rate, check its data, or let the run skip such steps.
 */
public class DivergenceException extends TelecomLlmException {
  /** Creates an exception whose message names what failed and where. */
  public DivergenceException(String message) {
    super(message);
  }

  /** Creates an exception whose message names what failed and where, with its cause. */
  public DivergenceException(String message, Throwable cause) {
    super(message, cause);
  }
}
