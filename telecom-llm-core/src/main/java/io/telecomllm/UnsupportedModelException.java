package io.telecomllm;

/**
 * Thrown for an architecture, RoPE type, activation or format that this library cannot run: use
 * another model.
 */
public class UnsupportedModelException extends TelecomLlmException {
  /** Creates an exception whose message names what failed and where. */
  public UnsupportedModelException(String message) {
    super(message);
  }

  /** Creates an exception whose message names what failed and where, with its cause. */
  public UnsupportedModelException(String message, Throwable cause) {
    super(message, cause);
  }
}
