package io.telecomllm;

/** Someone else holds the folder or the cache: wait for them, stop them, or use another one. */
public class BusyException extends TelecomLlmException {
  /** With a message that names what and where. */
  public BusyException(String message) {
    super(message);
  }

  /** With a message that names what and where, and the cause below it. */
  public BusyException(String message, Throwable cause) {
    super(message, cause);
  }
}
