package io.telecomllm.generation.schema;

import io.telecomllm.generation.constraint.Constraint.State;
import io.telecomllm.generation.constraint.Trie;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A value whose text is one of a list: those of an enum, true and false, null. */
final class WordGrammar implements Grammar {
  private final Trie<String> words;
  private final long shortest;

  WordGrammar(List<String> texts) {
    Map<String, String> map = new LinkedHashMap<>();
    texts.forEach(text -> map.put(text, text));
    words = Trie.of(map);
    shortest = texts.stream().mapToLong(WordGrammar::bytes).min().orElseThrow();
  }

  /** Returns the number of bytes of a text. */
  static int bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8).length;
  }

  @Override
  public State start(State after) {
    return new Read(words, after);
  }

  @Override
  public long shortest() {
    return shortest;
  }

  private record Read(Trie<String> at, State after) implements State {
    @Override
    public @Nullable State next(int octet) {
      Trie<String> child = at.child(octet);
      if (child != null) {
        return new Read(child, after);
      }
      return at.value() == null ? null : after.next(octet);
    }

    @Override
    public boolean complete() {
      return at.value() != null && after.complete();
    }
  }
}
