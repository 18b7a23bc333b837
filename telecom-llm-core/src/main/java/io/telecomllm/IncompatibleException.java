package io.telecomllm;

/**
 * Thrown when two things do not belong together, such as an adapter and a base model it was not
 * trained on: use the matching one.
 */
public class IncompatibleException extends TelecomLlmException {
  /** Creates an exception whose message names what failed and where. */
  public IncompatibleException(String message) {
    super(message);
  }

  /** Creates an exception whose message names what failed and where, with its cause. */
  public IncompatibleException(String message, Throwable cause) {
    super(message, cause);
  }
}
