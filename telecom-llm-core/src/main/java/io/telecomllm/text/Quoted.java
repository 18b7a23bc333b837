package io.telecomllm.text;

import static com.google.common.base.Preconditions.checkArgument;

import io.telecomllm.Internal;

/**
 * Text from files and servers, made safe to quote in a message or a log: one line, bounded, without
 * characters that steer a terminal or forge a line of a log.
 */
@Internal
public final class Quoted {
  /** The number of characters that {@link #line(String)} shows. */
  private static final int DEFAULT_CHARACTERS = 100;

  private Quoted() {}

  /** Returns at most the first 100 characters on one line; "..." follows if there are more. */
  public static String line(String text) {
    return line(text, DEFAULT_CHARACTERS);
  }

  /**
   * Returns at most the first {@code most} characters on one line; "..." follows if there are more.
   * Control characters, line breaks among them, invisible format characters and unpaired surrogates
   * become a question mark.
   */
  public static String line(String text, int most) {
    String shown = Texts.prefix(text, most);
    StringBuilder line = new StringBuilder(shown.length() + 3);
    shown.codePoints().forEach(c -> line.appendCodePoint(visible(c)));
    return shown.length() < text.length() ? line.append("...").toString() : line.toString();
  }

  /** Returns the text, or its beginning and "..." if it has more than {@code most} characters. */
  public static String cut(String text, int most) {
    checkArgument(most >= 3, "most is %s, must be at least 3", most);
    return text.length() <= most ? text : Texts.prefix(text, most - 3) + "...";
  }

  private static int visible(int character) {
    return switch (Character.getType(character)) {
      case Character.CONTROL,
          Character.FORMAT,
          Character.SURROGATE,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR ->
          '?';
      default -> character;
    };
  }
}
