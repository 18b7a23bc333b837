package io.telecomllm;

/** The device, its memory or the native library refuses: free memory or take another device. */
public class DeviceException extends TelecomLlmException {
  /** With a message that names what and where. */
  public DeviceException(String message) {
    super(message);
  }

  /** With a message that names what and where, and the cause below it. */
  public DeviceException(String message, Throwable cause) {
    super(message, cause);
  }
}
