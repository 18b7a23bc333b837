package io.telecomllm.lora;

import static com.google.common.base.Preconditions.checkArgument;

import io.telecomllm.Internal;
import java.util.ArrayDeque;
import java.util.BitSet;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntPredicate;

/**
 * A regular expression with the meaning of Python's {@code re.fullmatch}. Adapters may be hostile,
 * so matching takes time proportional to the length of the pattern times that of the text: each
 * step of the compiled pattern is visited at most once at each position of the text (Thompson
 * 1968), and each visit counts against a budget. Immutable.
 */
@Internal
public final class PythonPattern {
  /** The most characters in an expression. */
  static final int MAX_LENGTH = 1000;

  /**
   * One step of the compiled pattern. Matching continues with the next step unless the step says
   * otherwise.
   */
  sealed interface Step {
    /** Matches one character. */
    record Take(IntPredicate set) implements Step {}

    /** Continues with both of two steps. */
    record Fork(int first, int second) implements Step {}

    /** Continues with another step. */
    record Jump(int to) implements Step {}

    /** Matches no character but requires a condition at this position. */
    record Check(Condition condition) implements Step {}

    /** Looks ahead with the steps after it up to {@code end}, then continues after them. */
    record Look(boolean negative, int end) implements Step {}

    /** Ends the pattern or a look-ahead. */
    record End() implements Step {}
  }

  /** A condition on a position in the text. */
  interface Condition {
    boolean holds(String text, int at);
  }

  /** Limits the number of steps of all matches that share it. */
  @Internal
  public static final class Budget {
    private static final long STEPS = 50_000_000;
    private long left = STEPS;

    private void take() {
      left--;
      checkArgument(left > 0, "the patterns take more than %s steps to match", STEPS);
    }
  }

  private final List<Step> steps;

  private PythonPattern(List<Step> steps) {
    this.steps = List.copyOf(steps);
  }

  /**
   * Compiles an expression.
   *
   * @throws IllegalArgumentException quoting the expression and saying what is wrong with it
   */
  public static PythonPattern compile(String expression) {
    checkArgument(
        expression.length() <= MAX_LENGTH,
        "a pattern has %s characters, at most %s are allowed",
        expression.length(),
        MAX_LENGTH);
    return new PythonPattern(new PythonPatternParser(expression).steps());
  }

  /**
   * Returns whether the whole text matches.
   *
   * @throws IllegalArgumentException if the budget is used up
   */
  public boolean matches(String text, Budget budget) {
    return new Run(text, budget).reaches(0, 0, true);
  }

  /** The places already visited, numbered from the first one. */
  private record Seen(int first, BitSet places) {
    boolean add(int place) {
      boolean added = !places.get(place - first);
      places.set(place - first);
      return added;
    }
  }

  private final class Run {
    private final String text;
    private final Budget budget;
    private final Map<Long, Boolean> looked = new HashMap<>();

    Run(String text, Budget budget) {
      this.text = text;
      this.budget = budget;
    }

    /**
     * Returns whether an {@link Step.End} can be reached from a step; if {@code whole}, at the
     * text's end.
     */
    private boolean reaches(int start, int from, boolean whole) {
      int width = text.length() + 1;
      // a look-ahead's steps all follow its first one, and text is only read forwards
      Seen seen = new Seen(Math.addExact(Math.multiplyExact(start, width), from), new BitSet());
      Deque<Integer> open = new ArrayDeque<>();
      visit(start, from, width, seen, open);
      while (!open.isEmpty()) {
        budget.take();
        int place = open.pop();
        int at = place % width;
        int index = place / width;
        Step step = steps.get(index);
        if (step instanceof Step.End) {
          if (!whole || at == text.length()) {
            return true;
          }
        } else if (step instanceof Step.Take take) {
          if (at < text.length() && take.set().test(text.charAt(at))) {
            visit(index + 1, at + 1, width, seen, open);
          }
        } else if (step instanceof Step.Fork fork) {
          visit(fork.second(), at, width, seen, open);
          visit(fork.first(), at, width, seen, open);
        } else if (step instanceof Step.Jump jump) {
          visit(jump.to(), at, width, seen, open);
        } else if (step instanceof Step.Check check) {
          if (check.condition().holds(text, at)) {
            visit(index + 1, at, width, seen, open);
          }
        } else if (step instanceof Step.Look look && look(index, at) != look.negative()) {
          visit(look.end(), at, width, seen, open);
        }
      }
      return false;
    }

    private boolean look(int index, int at) {
      long key = (long) index * (text.length() + 1) + at;
      Boolean known = looked.get(key);
      if (known == null) {
        known = reaches(index + 1, at, false);
        looked.put(key, known);
      }
      return known;
    }

    private void visit(int index, int at, int width, Seen seen, Deque<Integer> open) {
      int place = Math.addExact(Math.multiplyExact(index, width), at);
      if (seen.add(place)) {
        open.push(place);
      }
    }
  }
}
