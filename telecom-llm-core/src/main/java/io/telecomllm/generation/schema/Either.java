package io.telecomllm.generation.schema;

import io.telecomllm.generation.constraint.Constraint.State;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Several ways to read a text, none of them ruled out yet. */
record Either(List<State> states) implements State {
  /** Joins two states, either of which may be null; a way that both have counts once. */
  static @Nullable State of(@Nullable State one, @Nullable State other) {
    if (one == null || other == null) {
      return one == null ? other : one;
    }
    List<State> states = new ArrayList<>(ways(one));
    for (State way : ways(other)) {
      // otherwise an array of ambiguous elements would double the ways with each element
      if (!states.contains(way)) {
        states.add(way);
      }
    }
    return states.size() == 1 ? states.get(0) : new Either(List.copyOf(states));
  }

  private static List<State> ways(State state) {
    return state instanceof Either either ? either.states : List.of(state);
  }

  @Override
  public @Nullable State next(int octet) {
    State next = null;
    for (State state : states) {
      next = of(next, state.next(octet));
    }
    return next;
  }

  @Override
  public boolean complete() {
    return states.stream().anyMatch(State::complete);
  }
}
