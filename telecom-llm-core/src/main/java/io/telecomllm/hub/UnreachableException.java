package io.telecomllm.hub;

import io.telecomllm.TelecomLlmException;

/** Every attempt failed, and none because the server said no. */
final class UnreachableException extends TelecomLlmException {
  UnreachableException(String message, Throwable cause) {
    super(message, cause);
  }
}
