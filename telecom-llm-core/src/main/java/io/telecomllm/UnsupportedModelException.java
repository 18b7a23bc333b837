package io.telecomllm;

/**
 * An architecture, RoPE type, activation or format that this library cannot run: take another
 * model.
 */
public class UnsupportedModelException extends TelecomLlmException {
  /** With a message that names what and where. */
  public UnsupportedModelException(String message) {
    super(message);
  }

  /** With a message that names what and where, and the cause below it. */
  public UnsupportedModelException(String message, Throwable cause) {
    super(message, cause);
  }
}
