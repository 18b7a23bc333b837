package io.telecomllm;

/** Thrown when a device has too little free memory for a computation: compute less at a time. */
public class OutOfMemoryException extends DeviceException {
  /** Creates an exception whose message names what failed and where. */
  public OutOfMemoryException(String message) {
    super(message);
  }

  /** Creates an exception whose message names what failed and where, with its cause. */
  public OutOfMemoryException(String message, Throwable cause) {
    super(message, cause);
  }
}
