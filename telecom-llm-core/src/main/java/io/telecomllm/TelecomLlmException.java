package io.telecomllm;

import io.telecomllm.text.Quoted;

/**
 * Thrown when a file, a checkpoint, a device or a run is not as it must be; the root of the
 * library's exceptions.
 *
 * <p>Its subclasses differ by what a program can do about the failure. A wrong argument, such as a
 * value out of range, is an {@link IllegalArgumentException} instead.
 *
 * <p>Messages quote untrusted text, such as names from a file. A message is therefore one line of
 * at most 4000 characters, cut if it is longer, without control characters, which could control a
 * terminal or forge lines in a log.
 */
public class TelecomLlmException extends RuntimeException {
  private static final int MOST_CHARACTERS = 4_000;

  /** Creates an exception whose message names what failed and where. */
  public TelecomLlmException(String message) {
    super(shown(message));
  }

  /** Creates an exception whose message names what failed and where, with its cause. */
  public TelecomLlmException(String message, Throwable cause) {
    super(shown(message), cause);
  }

  private static String shown(String message) {
    // messages of the native library have several lines
    return Quoted.line(message.replace('\n', ' '), MOST_CHARACTERS);
  }
}
