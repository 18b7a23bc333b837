package io.telecomllm.files.http;

import io.telecomllm.TelecomLlmException;

/** Every attempt to reach a server failed, and none because it said no: try again later. */
public final class UnreachableException extends TelecomLlmException {
  /** With a message that names the address, and the last failure. */
  public UnreachableException(String message, Throwable cause) {
    super(message, cause);
  }
}
