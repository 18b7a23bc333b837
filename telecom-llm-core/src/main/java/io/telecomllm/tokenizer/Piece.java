package io.telecomllm.tokenizer;

import io.telecomllm.Internal;

/** A part of a rendered prompt: a control token of the template, or text. */
@Internal
public sealed interface Piece {
  /** A control token by its spelling, such as {@code <|end|>}; only templates create these. */
  record Control(String token) implements Piece {}

  /** A text, encoded as ordinary characters whatever it spells. */
  record Text(String text) implements Piece {}

  /** Creates a control token. */
  static Piece control(String token) {
    return new Control(token);
  }

  /** Creates a text. */
  static Piece text(String text) {
    return new Text(text);
  }
}
