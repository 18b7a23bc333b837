package io.telecomllm.files.http;

import io.telecomllm.TelecomLlmException;

/** Thrown when every attempt to reach a server failed, none because it refused: try again later. */
public final class UnreachableException extends TelecomLlmException {
  /** Creates an exception with a message that names the address, and the last failure. */
  UnreachableException(String message, Throwable cause) {
    super(message, cause);
  }
}
