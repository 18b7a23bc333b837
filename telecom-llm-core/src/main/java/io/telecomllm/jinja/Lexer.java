package io.telecomllm.jinja;

import java.util.ArrayList;
import java.util.List;

/** Cuts a template into tokens, with the white space around tags removed as Jinja does. */
final class Lexer {
  private static final List<String> OPERATORS =
      List.of(
          "**", "//", "==", "!=", "<=", ">=", "+", "-", "*", "/", "%", "~", "<", ">", "=", "(", ")",
          "[", "]", "{", "}", ".", ",", ":", "|");

  private final String source;
  private final List<Token> tokens = new ArrayList<>();
  private int at;
  private int line = 1;

  private Lexer(String source) {
    this.source = source;
  }

  static List<Token> tokens(String template) {
    String unix = template.replace("\r\n", "\n").replace('\r', '\n');
    // one line end at the end of a template is not part of it
    return new Lexer(unix.endsWith("\n") ? unix.substring(0, unix.length() - 1) : unix).all();
  }

  private List<Token> all() {
    boolean stripLeft = false;
    boolean afterBlock = false;
    while (true) {
      int tag = nextTag();
      String data = source.substring(at, tag < 0 ? source.length() : tag);
      String shown = stripLeft ? data.stripLeading() : data;
      boolean lineStarts = at == 0;
      if (!stripLeft && afterBlock && shown.startsWith("\n")) {
        shown = shown.substring(1);
        lineStarts = true;
      }
      if (tag < 0) {
        add(Token.Kind.DATA, shown);
        add(Token.Kind.END, "");
        return tokens;
      }
      char kind = source.charAt(tag + 1);
      char mark = tag + 2 < source.length() ? source.charAt(tag + 2) : ' ';
      if (mark == '-') {
        shown = shown.stripTrailing();
      } else if (kind != '{' && mark != '+') {
        shown = withoutIndentation(shown, lineStarts);
      }
      add(Token.Kind.DATA, shown);
      line += lines(data);
      at = tag + 2 + (mark == '-' || mark == '+' ? 1 : 0);
      stripLeft = kind == '#' ? comment() : tag(kind);
      afterBlock = kind != '{' && source.charAt(at - 3) != '+';
    }
  }

  /** Removes the spaces between a line's beginning and a tag. */
  private static String withoutIndentation(String data, boolean lineStarts) {
    int end = data.length();
    while (end > 0 && (data.charAt(end - 1) == ' ' || data.charAt(end - 1) == '\t')) {
      end--;
    }
    boolean begins = end > 0 ? data.charAt(end - 1) == '\n' : lineStarts;
    return begins ? data.substring(0, end) : data;
  }

  private int nextTag() {
    for (int i = at; i + 1 < source.length(); i++) {
      if (source.charAt(i) == '{' && "{%#".indexOf(source.charAt(i + 1)) >= 0) {
        return i;
      }
    }
    return -1;
  }

  private static int lines(String text) {
    return (int) text.chars().filter(c -> c == '\n').count();
  }

  /** Skips a comment; returns whether the white space after it is removed. */
  private boolean comment() {
    int end = source.indexOf("#}", at);
    if (end < 0) {
      throw error("a comment does not end");
    }
    line += lines(source.substring(at, end));
    at = end + 2;
    return source.charAt(end - 1) == '-';
  }

  /** Reads the tokens of a tag; returns whether the white space after it is removed. */
  private boolean tag(char kind) {
    boolean block = kind == '%';
    String end = block ? "%}" : "}}";
    add(block ? Token.Kind.BLOCK_BEGIN : Token.Kind.PRINT_BEGIN, "");
    int nested = 0;
    while (true) {
      skipSpaces();
      boolean minus = source.startsWith("-" + end, at);
      boolean plus = source.startsWith("+" + end, at);
      if (nested == 0 && (minus || plus || source.startsWith(end, at))) {
        at += end.length() + (minus || plus ? 1 : 0);
        add(block ? Token.Kind.BLOCK_END : Token.Kind.PRINT_END, "");
        return minus;
      }
      String operator = token();
      nested += "{".equals(operator) ? 1 : "}".equals(operator) ? -1 : 0;
    }
  }

  private void skipSpaces() {
    while (at < source.length() && Character.isWhitespace(source.charAt(at))) {
      line += source.charAt(at) == '\n' ? 1 : 0;
      at++;
    }
    if (at >= source.length()) {
      throw error("a tag does not end");
    }
  }

  /** Reads a token; returns it if it is an operator. */
  private String token() {
    char c = source.charAt(at);
    if (c == '\'' || c == '"') {
      string(c);
    } else if (Character.isDigit(c)) {
      number();
    } else if (c == '_' || Character.isLetter(c)) {
      int start = at;
      while (at < source.length() && isPart(source.charAt(at))) {
        at++;
      }
      add(Token.Kind.NAME, source.substring(start, at));
    } else {
      for (String operator : OPERATORS) {
        if (source.startsWith(operator, at)) {
          at += operator.length();
          add(Token.Kind.OPERATOR, operator);
          return operator;
        }
      }
      throw error("the character '" + c + "' is not expected");
    }
    return "";
  }

  private static boolean isPart(char c) {
    return c == '_' || Character.isLetterOrDigit(c);
  }

  private void number() {
    int start = at;
    boolean whole = true;
    while (at < source.length()) {
      char c = source.charAt(at);
      boolean point =
          c == '.' && whole && at + 1 < source.length() && Character.isDigit(source.charAt(at + 1));
      if (!Character.isDigit(c) && !point) {
        break;
      }
      whole &= !point;
      at++;
    }
    add(whole ? Token.Kind.INTEGER : Token.Kind.FLOAT, source.substring(start, at));
  }

  private void string(char quote) {
    StringBuilder value = new StringBuilder();
    at++;
    while (at < source.length() && source.charAt(at) != quote) {
      char c = source.charAt(at++);
      if (c == '\\' && at < source.length()) {
        escape(source.charAt(at++), value);
      } else {
        line += c == '\n' ? 1 : 0;
        value.append(c);
      }
    }
    if (at >= source.length()) {
      throw error("a string does not end");
    }
    at++;
    add(Token.Kind.STRING, value.toString());
  }

  private void escape(char c, StringBuilder value) {
    switch (c) {
      case 'n' -> value.append('\n');
      case 't' -> value.append('\t');
      case 'r' -> value.append('\r');
      case '\\', '\'', '"' -> value.append(c);
      case 'u', 'x' -> {
        int digits = c == 'u' ? 4 : 2;
        try {
          value.append((char) Integer.parseInt(source.substring(at, at + digits), 16));
        } catch (NumberFormatException | IndexOutOfBoundsException e) {
          throw error("\\" + c + " without " + digits + " hexadecimal digits");
        }
        at += digits;
      }
      default -> value.append('\\').append(c);
    }
  }

  private void add(Token.Kind kind, String text) {
    if (kind != Token.Kind.DATA || !text.isEmpty()) {
      tokens.add(new Token(kind, text, line));
    }
  }

  private JinjaException error(String message) {
    return new JinjaException("line " + line + ": " + message);
  }
}
