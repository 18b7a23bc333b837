package io.telecomllm.lora;

import java.util.function.IntPredicate;

/**
 * Parses sets of characters in Python's regular expressions; classes follow Unicode, as for {@code
 * str}.
 */
final class PythonCharacters {
  private PythonCharacters() {}

  static boolean word(int c) {
    return Character.isLetterOrDigit(c) || c == '_';
  }

  private static boolean space(int c) {
    return Character.isWhitespace(c) || Character.isSpaceChar(c);
  }

  /** Parses an escape after its backslash. */
  static IntPredicate escape(PythonPatternParser in) {
    char c = in.next();
    return switch (c) {
      case 'd' -> Character::isDigit;
      case 'D' -> x -> !Character.isDigit(x);
      case 'w' -> PythonCharacters::word;
      case 'W' -> x -> !word(x);
      case 's' -> PythonCharacters::space;
      case 'S' -> x -> !space(x);
      default -> {
        int literal = literal(c, in);
        yield x -> x == literal;
      }
    };
  }

  private static int literal(char c, PythonPatternParser in) {
    return switch (c) {
      case 't' -> '\t';
      case 'n' -> '\n';
      case 'r' -> '\r';
      case 'f' -> '\f';
      case 'v' -> 0x0b;
      case 'a' -> 0x07;
      case 'x' -> hexadecimal(in, 2);
      case 'u' -> hexadecimal(in, 4);
      default -> {
        if (c < 128 && Character.isLetterOrDigit(c)) {
          throw in.wrong("\\" + c + " is not supported");
        }
        yield c;
      }
    };
  }

  private static int hexadecimal(PythonPatternParser in, int digits) {
    int value = 0;
    for (int i = 0; i < digits; i++) {
      int digit = Character.digit(in.next(), 16);
      if (digit < 0) {
        throw in.wrong("a hexadecimal digit is missing");
      }
      value = value * 16 + digit;
    }
    return value;
  }

  /** Parses a set after its opening bracket. */
  static IntPredicate set(PythonPatternParser in) {
    boolean negated = in.take('^');
    IntPredicate all = x -> false;
    boolean first = true;
    while (first || in.peek() != ']') {
      first = false;
      char c = in.next();
      if (c == '\\' && "dDwWsS".indexOf(in.peek()) >= 0) {
        all = all.or(escape(in));
        continue;
      }
      int from = member(c, in);
      int to = from;
      if (in.take('-')) {
        if (in.peek() == ']') {
          all = all.or(x -> x == '-');
        } else {
          char end = in.next();
          if (end == '\\' && "dDwWsS".indexOf(in.peek()) >= 0) {
            throw in.wrong("bad character range");
          }
          to = member(end, in);
        }
      }
      int last = to;
      if (last < from) {
        throw in.wrong("bad character range");
      }
      all = all.or(x -> x >= from && x <= last);
    }
    in.take(']');
    return negated ? all.negate() : all;
  }

  private static int member(char c, PythonPatternParser in) {
    if (c != '\\') {
      return c;
    }
    char escaped = in.next();
    return escaped == 'b' ? '\b' : literal(escaped, in);
  }
}
