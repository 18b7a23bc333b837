package io.telecomllm.jinja;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The variables of a place in a template, and what rendering has used so far. */
final class Frame {
  /** What one rendering may use. */
  static final class Budget {
    private long steps = 200_000;
    private int depth;

    void step() {
      step(1);
    }

    /** Counts the use of a value: long ones take as many steps as they take time. */
    void use(Object value) {
      if (value instanceof String text) {
        step(1 + text.length() / 256);
      } else if (value instanceof List<?> list) {
        step(1 + list.size() / 16);
      } else {
        step(1);
      }
    }

    private void step(long count) {
      steps -= count;
      if (steps < 0) {
        throw new JinjaException("it takes too many steps");
      }
    }

    void enter() {
      if (++depth > 64) {
        throw new JinjaException("its calls are nested too deeply");
      }
    }

    void leave() {
      depth--;
    }
  }

  private final @Nullable Frame outer;
  private final Map<String, Object> variables = new HashMap<>();
  final Budget budget;
  final StringBuilder out;

  private Frame(@Nullable Frame outer, Budget budget, StringBuilder out) {
    this.outer = outer;
    this.budget = budget;
    this.out = out;
  }

  static Frame of(Map<String, Object> variables) {
    Frame frame = new Frame(null, new Budget(), new StringBuilder());
    frame.variables.putAll(variables);
    return frame;
  }

  /** Returns a frame inside this one; what it sets is gone after it. */
  Frame inner() {
    return new Frame(this, budget, out);
  }

  /** Returns a frame inside this one that prints elsewhere. */
  Frame capturing() {
    return new Frame(this, budget, new StringBuilder());
  }

  Object get(String name) {
    for (Frame frame = this; frame != null; frame = frame.outer) {
      Object value = frame.variables.get(name);
      if (value != null) {
        return value;
      }
    }
    return new Values.Undefined(name);
  }

  void set(String name, Object value) {
    variables.put(name, value);
  }

  void print(String text) {
    if (out.length() + text.length() > Values.LONGEST) {
      throw new JinjaException("it writes over " + Values.LONGEST + " characters");
    }
    out.append(text);
  }
}
