package io.telecomllm;

import io.telecomllm.text.Quoted;

/**
 * A failure of the world's: a file, a checkpoint, a device or a run that is not as it must be.
 *
 * <p>The subclasses differ by what a caller can do about it. A mistake of the caller's own (a value
 * out of range) is an {@link IllegalArgumentException} instead.
 *
 * <p>Messages quote what strangers wrote: names, words of a configuration. So a message has one
 * line without control characters, which could steer a terminal or forge lines of a log, and at
 * most 4000 characters; a longer one is cut.
 */
public class TelecomLlmException extends RuntimeException {
  private static final int MOST_CHARACTERS = 4_000;

  /** With a message that names what and where. */
  public TelecomLlmException(String message) {
    super(shown(message));
  }

  /** With a message that names what and where, and the cause below it. */
  public TelecomLlmException(String message, Throwable cause) {
    super(shown(message), cause);
  }

  private static String shown(String message) {
    // what a native library says has several lines
    return Quoted.line(message.replace('\n', ' '), MOST_CHARACTERS);
  }
}
