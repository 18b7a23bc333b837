package io.telecomllm.jinja;

import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Reads tokens one after the other, and limits how deep and how long what is read may be. */
final class TokenCursor {
  private static final int DEEPEST = 200;

  /** The most tokens in a tag: a chain of operators is evaluated one inside the other. */
  private static final int LONGEST_TAG = 2000;

  private final List<Token> tokens;
  private int at;
  private int depth;
  private int tag;

  TokenCursor(List<Token> tokens) {
    this.tokens = tokens;
  }

  /** Returns the token that is read next. */
  Token peek() {
    return tokens.get(at);
  }

  /** Returns the token after {@link #peek}. */
  Token after() {
    return tokens.get(at + 1);
  }

  /** Reads a token. */
  Token next() {
    Token token = tokens.get(at);
    if (token.kind() == Token.Kind.END) {
      throw error("the template ends too early");
    }
    if (token.kind() == Token.Kind.BLOCK_BEGIN || token.kind() == Token.Kind.PRINT_BEGIN) {
      tag = at;
    } else if (at - tag > LONGEST_TAG) {
      throw error("a tag has over " + LONGEST_TAG + " tokens");
    }
    at++;
    return token;
  }

  /** Reads a token if it is this one. */
  boolean accept(Token.Kind kind, String text) {
    boolean found = peek().is(kind, text);
    if (found) {
      next();
    }
    return found;
  }

  /** Takes a token of a kind, and of a text unless that is null. */
  Token expect(Token.Kind kind, @Nullable String text) {
    Token token = next();
    if (token.kind() != kind || (text != null && !token.text().equals(text))) {
      throw new JinjaException(
          "line "
              + token.line()
              + ": found '"
              + token.text()
              + "', expected "
              + (text == null || text.isEmpty() ? kind.toString().toLowerCase(Locale.ROOT) : text));
    }
    return token;
  }

  /** Counts a construct inside another one; {@link #shallower} ends it. */
  void deeper() {
    if (++depth > DEEPEST) {
      throw error("nested too deeply");
    }
  }

  void shallower() {
    depth--;
  }

  /** Returns an exception that names the line. */
  JinjaException error(String message) {
    return new JinjaException("line " + peek().line() + ": " + message);
  }
}
