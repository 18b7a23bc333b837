package io.telecomllm;

/**
 * Two things that do not belong together, such as an adapter and another base model: pair them
 * anew.
 */
public class IncompatibleException extends TelecomLlmException {
  /** With a message that names what and where. */
  public IncompatibleException(String message) {
    super(message);
  }

  /** With a message that names what and where, and the cause below it. */
  public IncompatibleException(String message, Throwable cause) {
    super(message, cause);
  }
}
