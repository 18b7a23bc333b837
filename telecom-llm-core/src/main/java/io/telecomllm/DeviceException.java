package io.telecomllm;

/**
 * Thrown when a device, its memory or the native library fails: free memory or use another device.
 */
public class DeviceException extends TelecomLlmException {
  /** Creates an exception whose message names what failed and where. */
  public DeviceException(String message) {
    super(message);
  }

  /** Creates an exception whose message names what failed and where, with its cause. */
  public DeviceException(String message, Throwable cause) {
    super(message, cause);
  }
}
