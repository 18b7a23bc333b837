package io.telecomllm;

/**
 * Thrown when another process or thread holds a folder or a cache: wait for it, stop it, or use
 * another folder.
 */
public class BusyException extends TelecomLlmException {
  /** Creates an exception whose message names what failed and where. */
  public BusyException(String message) {
    super(message);
  }

  /** Creates an exception whose message names what failed and where, with its cause. */
  public BusyException(String message, Throwable cause) {
    super(message, cause);
  }
}
