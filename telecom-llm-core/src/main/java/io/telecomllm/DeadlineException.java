package io.telecomllm;

/**
 * Thrown when a call has waited for the model as long as it may: try again when there are fewer
 * callers, or let it wait longer.
 */
public class DeadlineException extends TelecomLlmException {
  /** Creates an exception whose message names how long was waited, and for what. */
  public DeadlineException(String message) {
    super(message);
  }
}
