package io.telecomllm.generation.constraint;

import io.telecomllm.Internal;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Words as a tree over the bytes of their UTF-8 form, each with a value at its end. It no longer
 * changes once {@link #of} has returned it.
 */
@Internal
public final class Trie<T> {
  private byte[] octets = {};
  private final List<Trie<T>> children = new ArrayList<>(1);
  private @Nullable T value;

  private Trie() {}

  /** Returns the tree of the words that are the map's keys. */
  public static <T> Trie<T> of(Map<String, T> words) {
    Trie<T> root = new Trie<>();
    words.forEach(
        (word, value) -> {
          Trie<T> at = root;
          for (byte octet : word.getBytes(StandardCharsets.UTF_8)) {
            at = at.grown(octet);
          }
          at.value = value;
        });
    return root;
  }

  private Trie<T> grown(byte octet) {
    Trie<T> child = child(octet);
    if (child == null) {
      child = new Trie<>();
      octets = Arrays.copyOf(octets, octets.length + 1);
      octets[octets.length - 1] = octet;
      children.add(child);
    }
    return child;
  }

  /** Returns the tree of what may follow the byte; null if no word goes on with it. */
  public @Nullable Trie<T> child(int octet) {
    // most nodes have one child, so a search is no slower than a table and far smaller
    for (int i = 0; i < octets.length; i++) {
      if (octets[i] == (byte) octet) {
        return children.get(i);
      }
    }
    return null;
  }

  /** Returns the value of the word that ends here; null if none does. */
  public @Nullable T value() {
    return value;
  }
}
