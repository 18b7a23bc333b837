package io.telecomllm.lora;

import io.telecomllm.lora.PythonPattern.Step;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntPredicate;

/** Parses Python's syntax of regular expressions and compiles it in one pass. */
final class PythonPatternParser {
  private static final int MAX_STEPS = 10_000;
  private static final int MAX_DEPTH = 50;
  private static final int UNBOUNDED = -1;

  /** The number of repetitions of the preceding atom. */
  private record Times(int min, int max) {}

  private final String text;
  private int at;
  private int depth;

  PythonPatternParser(String text) {
    this.text = text;
  }

  List<Step> steps() {
    List<Step> steps = choice();
    if (at < text.length()) {
      throw wrong("unbalanced ')'");
    }
    steps.add(new Step.End());
    return steps;
  }

  /**
   * Parses alternatives. The indexes in the steps count from the beginning of the returned list.
   */
  private List<Step> choice() {
    List<Step> all = sequence();
    while (take('|')) {
      List<Step> other = sequence();
      List<Step> both = new ArrayList<>();
      both.add(new Step.Fork(1, all.size() + 2));
      append(both, all);
      both.add(new Step.Jump(all.size() + 2 + other.size()));
      append(both, other);
      all = both;
    }
    return all;
  }

  private List<Step> sequence() {
    List<Step> all = new ArrayList<>();
    while (at < text.length() && text.charAt(at) != '|' && text.charAt(at) != ')') {
      int start = at;
      List<Step> atom = atom();
      Times times = times();
      if (times == null) {
        append(all, atom);
      } else if (atom.size() == 1
          && atom.get(0) instanceof Step.Check
          && text.charAt(start) != '(') {
        // Python repeats a condition only in a group of its own
        at = start;
        throw wrong("nothing to repeat");
      } else {
        repeat(all, atom, times);
      }
    }
    return all;
  }

  private void repeat(List<Step> all, List<Step> atom, Times times) {
    for (int i = 0; i < times.min(); i++) {
      append(all, atom);
    }
    if (times.max() == UNBOUNDED) {
      int loop = all.size();
      all.add(new Step.Fork(loop + 1, loop + atom.size() + 2));
      append(all, atom);
      all.add(new Step.Jump(loop));
    } else {
      for (int i = times.min(); i < times.max(); i++) {
        all.add(new Step.Fork(all.size() + 1, all.size() + atom.size() + 1));
        append(all, atom);
      }
    }
  }

  private void append(List<Step> all, List<Step> more) {
    int offset = all.size();
    if (offset + more.size() > MAX_STEPS) {
      throw wrong("more than " + MAX_STEPS + " steps");
    }
    for (Step step : more) {
      if (step instanceof Step.Fork fork) {
        all.add(new Step.Fork(fork.first() + offset, fork.second() + offset));
      } else if (step instanceof Step.Jump jump) {
        all.add(new Step.Jump(jump.to() + offset));
      } else if (step instanceof Step.Look look) {
        all.add(new Step.Look(look.negative(), look.end() + offset));
      } else {
        all.add(step);
      }
    }
  }

  private List<Step> atom() {
    char c = text.charAt(at++);
    return switch (c) {
      case '(' -> group();
      case '[' -> one(new Step.Take(PythonCharacters.set(this)));
      case '.' -> one(new Step.Take(x -> x != '\n'));
      case '^' -> one(new Step.Check((s, i) -> i == 0));
      case '$' ->
          one(
              new Step.Check(
                  (s, i) -> i == s.length() || (i == s.length() - 1 && s.charAt(i) == '\n')));
      case '\\' -> escape();
      case '*', '+', '?' -> throw wrong("nothing to repeat");
      default -> one(new Step.Take(x -> x == c));
    };
  }

  private static List<Step> one(Step step) {
    List<Step> list = new ArrayList<>();
    list.add(step);
    return list;
  }

  private List<Step> group() {
    boolean look = false;
    boolean negative = false;
    if (take('?')) {
      if (take("#")) {
        while (!take(')')) {
          next();
        }
        return new ArrayList<>();
      } else if (take("=")) {
        look = true;
      } else if (take("!")) {
        look = true;
        negative = true;
      } else if (take("P<")) {
        while (!take('>')) {
          next();
        }
      } else if (!take(":")) {
        throw wrong("a group of a kind that is not supported");
      }
    }
    depth++;
    if (depth > MAX_DEPTH) {
      throw wrong("groups nested more than " + MAX_DEPTH + " deep");
    }
    List<Step> inner = choice();
    depth--;
    if (!take(')')) {
      throw wrong("missing ')'");
    }
    if (!look) {
      return inner;
    }
    List<Step> all = new ArrayList<>();
    all.add(new Step.Look(negative, inner.size() + 2));
    append(all, inner);
    all.add(new Step.End());
    return all;
  }

  private List<Step> escape() {
    char c = peek();
    if (c == 'b' || c == 'B') {
      at++;
      boolean wanted = c == 'b';
      return one(
          new Step.Check(
              (s, i) ->
                  wanted
                      == ((i > 0 && PythonCharacters.word(s.charAt(i - 1)))
                          != (i < s.length() && PythonCharacters.word(s.charAt(i))))));
    } else if (c == 'A') {
      at++;
      return one(new Step.Check((s, i) -> i == 0));
    } else if (c == 'Z') {
      at++;
      return one(new Step.Check((s, i) -> i == s.length()));
    }
    IntPredicate set = PythonCharacters.escape(this);
    return one(new Step.Take(set));
  }

  /**
   * Parses a quantifier, or returns null if there is none. Lazy and greedy ones match the same
   * whole texts.
   */
  private @org.jspecify.annotations.Nullable Times times() {
    int before = at;
    Times times;
    if (take('*')) {
      times = new Times(0, UNBOUNDED);
    } else if (take('+')) {
      times = new Times(1, UNBOUNDED);
    } else if (take('?')) {
      times = new Times(0, 1);
    } else if (take('{')) {
      times = counted();
      if (times == null) {
        // not a quantifier: Python matches the brace itself
        at = before;
        return null;
      }
    } else {
      return null;
    }
    if (at < text.length() && text.charAt(at) == '+') {
      throw wrong("a possessive quantifier is not supported");
    }
    take('?');
    if (at < text.length() && "*+?".indexOf(text.charAt(at)) >= 0) {
      throw wrong("multiple repeat");
    }
    return times;
  }

  private @org.jspecify.annotations.Nullable Times counted() {
    int end = text.indexOf('}', at);
    if (end < 0 || !text.substring(at, end).matches("\\d{1,4}|\\d{0,4},\\d{0,4}")) {
      return null;
    }
    String[] parts = text.substring(at, end).split(",", -1);
    at = end + 1;
    int min = parts[0].isEmpty() ? 0 : Integer.parseInt(parts[0]);
    int max = parts.length == 1 ? min : parts[1].isEmpty() ? UNBOUNDED : Integer.parseInt(parts[1]);
    if (max != UNBOUNDED && max < min) {
      throw wrong("a repeat from " + min + " to " + max);
    }
    return new Times(min, max);
  }

  boolean take(char c) {
    return take(String.valueOf(c));
  }

  private boolean take(String expected) {
    if (!text.startsWith(expected, at)) {
      return false;
    }
    at += expected.length();
    return true;
  }

  char peek() {
    if (at >= text.length()) {
      throw wrong("it ends too early");
    }
    return text.charAt(at);
  }

  char next() {
    char c = peek();
    at++;
    return c;
  }

  IllegalArgumentException wrong(String what) {
    return new IllegalArgumentException("pattern '" + text + "', at character " + at + ": " + what);
  }
}
