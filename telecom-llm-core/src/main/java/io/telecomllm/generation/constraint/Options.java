package io.telecomllm.generation.constraint;

import static com.google.common.base.Preconditions.checkArgument;

import io.telecomllm.text.Quoted;
import io.telecomllm.text.Texts;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A text that is one of a list. */
record Options(Trie<String> words) implements Constraint {
  static Options of(List<String> options) {
    checkArgument(!options.isEmpty(), "options are empty, there must be at least one");
    Map<String, String> words = new LinkedHashMap<>();
    for (int i = 0; i < options.size(); i++) {
      String option = options.get(i);
      String shown = Quoted.line(option);
      checkArgument(!option.isBlank(), "options[%s] is \"%s\", must not be blank", i, shown);
      checkArgument(
          Texts.isWellFormed(option),
          "options[%s] is \"%s\", must not hold an unpaired surrogate",
          i,
          shown);
      checkArgument(
          words.put(option, option) == null,
          "options[%s] is \"%s\", must differ from the others",
          i,
          shown);
    }
    return new Options(Trie.of(words));
  }

  @Override
  public State start() {
    return new Read(words);
  }

  private record Read(Trie<String> at) implements State {
    @Override
    public @Nullable State next(int octet) {
      Trie<String> child = at.child(octet);
      return child == null ? null : new Read(child);
    }

    @Override
    public boolean complete() {
      return at.value() != null;
    }
  }
}
