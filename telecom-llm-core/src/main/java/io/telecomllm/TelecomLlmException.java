package io.telecomllm;

/**
 * A failure of the world's: a file, a checkpoint, a device or a run that is not as it must be.
 *
 * <p>The subclasses differ by what a caller can do about it. A mistake of the caller's own (a value
 * out of range) is an {@link IllegalArgumentException} instead.
 */
public class TelecomLlmException extends RuntimeException {
  /** With a message that names what and where. */
  public TelecomLlmException(String message) {
    super(message);
  }

  /** With a message that names what and where, and the cause below it. */
  public TelecomLlmException(String message, Throwable cause) {
    super(message, cause);
  }
}
