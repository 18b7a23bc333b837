package io.telecomllm.jinja;

/**
 * A token of a template.
 *
 * @param kind what it is
 * @param text the text outside of tags, the name, the operator, or the value of a string or number
 * @param line its line, from 1
 */
record Token(Kind kind, String text, int line) {
  enum Kind {
    /** Text outside of tags. */
    DATA,
    /** The beginning of a statement. */
    BLOCK_BEGIN,
    BLOCK_END,
    /** The beginning of an expression to print. */
    PRINT_BEGIN,
    PRINT_END,
    NAME,
    STRING,
    INTEGER,
    FLOAT,
    OPERATOR,
    END
  }

  boolean is(Kind wanted, String word) {
    return kind == wanted && text.equals(word);
  }
}
