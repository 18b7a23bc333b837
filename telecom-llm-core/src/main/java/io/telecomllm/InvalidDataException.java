package io.telecomllm;

/** A file is missing, damaged, hostile or of the wrong kind: take another file. */
public class InvalidDataException extends TelecomLlmException {
  /** With a message that names what and where. */
  public InvalidDataException(String message) {
    super(message);
  }

  /** With a message that names what and where, and the cause below it. */
  public InvalidDataException(String message, Throwable cause) {
    super(message, cause);
  }
}
