package io.telecomllm.generation.schema;

import io.telecomllm.generation.constraint.Constraint.State;
import org.jspecify.annotations.Nullable;

/**
 * White space that may be there, then something that begins with none. It is bounded, or a model
 * that does not know what to write could write spaces for ever.
 *
 * @param spaces the most spaces
 * @param indentation the most spaces behind a line break; negative if none may follow
 */
record Gap(int spaces, int indentation, State then) implements State {
  private static final int SPACES_PER_LEVEL = 4;

  /** At most one space, as behind a colon. */
  static Gap space(State then) {
    return new Gap(1, -1, then);
  }

  /** At most one space, or a line break and up to four spaces a level of nesting. */
  static Gap line(int level, State then) {
    return new Gap(1, SPACES_PER_LEVEL * level, then);
  }

  @Override
  public @Nullable State next(int octet) {
    if (octet == ' ') {
      return spaces == 0 ? null : new Gap(spaces - 1, -1, then);
    } else if (octet == '\n') {
      return indentation < 0 ? null : new Gap(indentation, -1, then);
    }
    return then.next(octet);
  }

  @Override
  public boolean complete() {
    return false;
  }
}
