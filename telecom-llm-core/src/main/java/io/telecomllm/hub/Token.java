package io.telecomllm.hub;

import static com.google.common.base.Preconditions.checkArgument;

/** An access token. Neither a message nor {@link #toString} shows it. */
final class Token {
  private static final int MAX_LENGTH = 4096;

  private final String value;

  Token(String text) {
    String stripped = text.strip();
    // checked here because the HTTP client's message about a bad header would show it
    checkArgument(
        !stripped.isEmpty()
            && stripped.length() <= MAX_LENGTH
            && stripped.chars().allMatch(c -> c > ' ' && c < 127),
        "the access token has %s characters, must be 1 to %s printable ASCII ones without spaces",
        stripped.length(),
        MAX_LENGTH);
    this.value = stripped;
  }

  String header() {
    return "Bearer " + value;
  }

  @Override
  public String toString() {
    return "(hidden)";
  }
}
