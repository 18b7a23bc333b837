package io.telecomllm.tokenizer;

/** A part of a rendered prompt: a control token of the template's, or text. */
public sealed interface Piece {
  /** A control token by its spelling, such as {@code <|end|>}; only templates make these. */
  record Control(String token) implements Piece {}

  /** Text, encoded as ordinary characters whatever it spells. */
  record Text(String text) implements Piece {}

  /** A control token. */
  static Piece control(String token) {
    return new Control(token);
  }

  /** Text. */
  static Piece text(String text) {
    return new Text(text);
  }
}
