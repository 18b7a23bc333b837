package io.telecomllm;

/** Thrown when a file is missing, damaged, hostile or of the wrong kind: use another file. */
public class InvalidDataException extends TelecomLlmException {
  /** Creates an exception whose message names what failed and where. */
  public InvalidDataException(String message) {
    super(message);
  }

  /** Creates an exception whose message names what failed and where, with its cause. */
  public InvalidDataException(String message, Throwable cause) {
    super(message, cause);
  }
}
