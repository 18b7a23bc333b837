package io.telecomllm.generation.schema;

import io.telecomllm.generation.constraint.Constraint.State;
import org.jspecify.annotations.Nullable;

/**
 * An object or array: elements between brackets, with commas and bounded white space between them.
 * A position says which elements have been read.
 */
abstract class Container implements Grammar {
  private final char open;
  private final char close;
  private final int level;

  /**
   * Creates a container.
   *
   * @param depth the number of containers around it
   */
  Container(char open, char close, int depth) {
    this.open = open;
    this.close = close;
    this.level = depth + 1;
  }

  /** Returns whether the container may end at a position; nothing is read at 0. */
  abstract boolean mayEnd(int position);

  /** Returns whether another element may follow. */
  abstract boolean mayGoOn(int position);

  /** Returns the state before the next element, which leads to a state made by {@link #behind}. */
  abstract State element(int position, State after);

  /** Returns the state behind an element. */
  final State behind(int position, State after) {
    return new Behind(this, position, after);
  }

  @Override
  public final State start(State after) {
    return new Octet(open, Gap.line(level, new Before(this, after)));
  }

  /** Before the first element, or the end of an empty container. */
  private record Before(Container container, State after) implements State {
    @Override
    public @Nullable State next(int octet) {
      if (octet == container.close) {
        return container.mayEnd(0) ? after : null;
      }
      return container.mayGoOn(0) ? container.element(0, after).next(octet) : null;
    }

    @Override
    public boolean complete() {
      return false;
    }
  }

  private record Behind(Container container, int position, State after) implements State {
    @Override
    public @Nullable State next(int octet) {
      if (octet == ',') {
        return container.mayGoOn(position)
            ? Gap.line(container.level, container.element(position, after))
            : null;
      } else if (!container.mayEnd(position)) {
        return null;
      }
      return octet == container.close
          ? after
          : Gap.line(container.level, new Octet(container.close, after)).next(octet);
    }

    @Override
    public boolean complete() {
      return false;
    }
  }
}
