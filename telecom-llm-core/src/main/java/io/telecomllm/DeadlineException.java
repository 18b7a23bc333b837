package io.telecomllm;

/**
 * Thrown when the model has not begun with a call by its deadline, or when it has waited as long as
 * it may: try again when there are fewer callers, or give it more time.
 */
public class DeadlineException extends TelecomLlmException {
  /** Creates an exception whose message names the deadline, or how long was waited and for what. */
  public DeadlineException(String message) {
    super(message);
  }
}
