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
 * A regular expression with the meaning of Python's {@code re.fullmatch}. Adapters come from
 * strangers, so a match takes time linear in pattern times text: every place of the compiled
 * pattern is visited at most once at every place of the text (Thompson 1968), and all of it counts
 * against a budget.
 */
@Internal
public final class PythonPattern {
  /** The longest expression, in characters. */
  static final int MAX_LENGTH = 1000;

  /** One place of the compiled pattern; where nothing else is said it goes on to the next place. */
  sealed interface Step {
    /** Takes one character. */
    record Take(IntPredicate set) implements Step {}

    /** Goes on at both places. */
    record Fork(int first, int second) implements Step {}

    /** Goes on elsewhere. */
    record Jump(int to) implements Step {}

    /** Takes nothing but wants a condition at this place. */
    record Check(Condition condition) implements Step {}

    /** Looks ahead with the steps behind it up to {@code end}, then goes on after them. */
    record Look(boolean negative, int end) implements Step {}

    /** The end of the pattern or of a look ahead. */
    record End() implements Step {}
  }

  /** A condition on a place in the text. */
  interface Condition {
    boolean holds(String text, int at);
  }

  /** How many steps may still be taken by all that shares it. */
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
   * Compiles.
   *
   * @throws IllegalArgumentException quoting the expression and naming what is wrong with it
   */
  public static PythonPattern compile(String expression) {
    checkArgument(
        expression.length() <= MAX_LENGTH,
        "a pattern has %s characters, at most %s are allowed",
        expression.length(),
        MAX_LENGTH);
    return new PythonPattern(new PythonPatternParser(expression).steps());
  }

  /** Whether all of the text matches. */
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

    /** Whether an {@link Step.End} is reached from there; at the text's end, if {@code whole}. */
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
