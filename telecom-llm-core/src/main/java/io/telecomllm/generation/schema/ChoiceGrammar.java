package io.telecomllm.generation.schema;

import static com.google.common.base.Preconditions.checkNotNull;

import io.telecomllm.generation.constraint.Constraint.State;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** A value that one of several grammars allows. */
final class ChoiceGrammar implements Grammar {
  private final List<Grammar> alternatives;

  private ChoiceGrammar(List<Grammar> alternatives) {
    this.alternatives = alternatives;
  }

  /** Joins grammars; choices among them give up their alternatives, each of which counts once. */
  static Grammar of(List<Grammar> grammars) {
    Set<Grammar> alternatives = new LinkedHashSet<>();
    for (Grammar grammar : grammars) {
      alternatives.addAll(
          grammar instanceof ChoiceGrammar choice ? choice.alternatives : List.of(grammar));
    }
    List<Grammar> all = List.copyOf(alternatives);
    return all.size() == 1 ? all.get(0) : new ChoiceGrammar(all);
  }

  @Override
  public State start(State after) {
    State start = null;
    for (Grammar alternative : alternatives) {
      start = Either.of(start, alternative.start(after));
    }
    return checkNotNull(start);
  }

  @Override
  public long shortest() {
    return alternatives.stream().mapToLong(Grammar::shortest).min().orElseThrow();
  }
}
