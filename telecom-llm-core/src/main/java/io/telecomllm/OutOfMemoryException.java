package io.telecomllm;

/** The device has no memory left for what was to be computed: compute less at a time. */
public class OutOfMemoryException extends DeviceException {
  /** With a message that names what and where. */
  public OutOfMemoryException(String message) {
    super(message);
  }

  /** With a message that names what and where, and the cause below it. */
  public OutOfMemoryException(String message, Throwable cause) {
    super(message, cause);
  }
}
