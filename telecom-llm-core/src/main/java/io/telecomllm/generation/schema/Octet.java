package io.telecomllm.generation.schema;

import io.telecomllm.generation.constraint.Constraint.State;
import org.jspecify.annotations.Nullable;

/** One certain byte, then something else. */
record Octet(int octet, State then) implements State {
  @Override
  public @Nullable State next(int next) {
    return next == octet ? then : null;
  }

  @Override
  public boolean complete() {
    return false;
  }
}
