package io.telecomllm.generation.schema;

import io.telecomllm.generation.constraint.Constraint.State;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

/** An object of any properties; its position is 0 before the first one, then 1. */
final class AnyObjectGrammar extends Container {
  private static final Grammar STRING = new StringGrammar(0, StringGrammar.UNLIMITED);
  private static final List<Grammar> OBJECTS = objects();

  private final Grammar values;

  private AnyObjectGrammar(Grammar values, int depth) {
    super('{', '}', depth);
    this.values = values;
  }

  /**
   * Returns the grammar of objects with this number of containers around them, fewer than {@link
   * Definitions#MAX_DEPTH}.
   */
  static Grammar at(int depth) {
    return OBJECTS.get(depth);
  }

  private static List<Grammar> objects() {
    Grammar words = new WordGrammar(List.of("true", "false", "null"));
    Grammar scalars = ChoiceGrammar.of(List.of(STRING, NumberGrammar.ANY, words));
    Grammar values = scalars;
    Deque<Grammar> objects = new ArrayDeque<>();
    // from the deepest, which hold scalars only
    for (int depth = Definitions.MAX_DEPTH - 1; depth >= 0; depth--) {
      Grammar object = new AnyObjectGrammar(values, depth);
      Grammar array = new ArrayGrammar(values, 0, ArrayGrammar.UNLIMITED, depth);
      values = ChoiceGrammar.of(List.of(scalars, object, array));
      objects.addFirst(object);
    }
    return List.copyOf(objects);
  }

  @Override
  boolean mayEnd(int position) {
    return true;
  }

  @Override
  boolean mayGoOn(int position) {
    return true;
  }

  @Override
  State element(int position, State after) {
    State value = values.start(behind(1, after));
    return STRING.start(new Octet(':', Gap.space(value)));
  }

  @Override
  public long shortest() {
    return 2;
  }
}
