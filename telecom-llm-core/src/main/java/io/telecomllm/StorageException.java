package io.telecomllm;

/**
 * A disk cannot be written or read: free room, fix the permissions of the path that the message
 * names, or use another disk.
 */
public class StorageException extends TelecomLlmException {
  /** With a message that names what and where. */
  public StorageException(String message) {
    super(message);
  }

  /** With a message that names what and where, and the cause below it. */
  public StorageException(String message, Throwable cause) {
    super(message, cause);
  }
}
