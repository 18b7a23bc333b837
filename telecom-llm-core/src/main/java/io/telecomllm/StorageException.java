package io.telecomllm;

/**
 * Thrown when a disk cannot be written or read: free some space, fix the permissions of the path
 * that the message names, or use another disk.
 */
public class StorageException extends TelecomLlmException {
  /** Creates an exception whose message names what failed and where. */
  public StorageException(String message) {
    super(message);
  }

  /** Creates an exception whose message names what failed and where, with its cause. */
  public StorageException(String message, Throwable cause) {
    super(message, cause);
  }
}
