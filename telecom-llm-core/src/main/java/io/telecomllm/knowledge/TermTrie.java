package io.telecomllm.knowledge;

import io.telecomllm.knowledge.Lexicon.Match;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The names of a lexicon as a trie over {@link Units}. Immutable. */
final class TermTrie {
  private final Node root = new Node("");

  /** Creates a trie of these names, none of them blank. */
  TermTrie(Collection<String> names) {
    for (String name : names) {
      Units units = Units.of(name);
      Node node = root;
      for (int i = 0; i < units.count(); i++) {
        Node child = node.child(units, i);
        node = child == null ? node.add(units.string(i)) : child;
      }
      node.name = name;
    }
  }

  /** Finds the names in a text, from left to right without overlaps; at each place the longest. */
  List<Match> find(String text) {
    List<Match> matches = new ArrayList<>();
    Units units = Units.of(text);
    int next;
    for (int unit = 0; unit < units.count(); unit = next) {
      next = unit + 1;
      String longest = null;
      int end = next;
      for (Node node = root.child(units, unit); node != null; end++) {
        if (node.name != null) {
          longest = node.name;
          next = end;
        }
        node = end < units.count() ? node.child(units, end) : null;
      }
      if (longest != null) {
        matches.add(new Match(longest, units.start(unit), units.end(next - 1)));
      }
    }
    return List.copyOf(matches);
  }

  /**
   * A beginning of names; its children are in a table with open addressing, at least half of it
   * empty. Their hashes are apart, so that most words that begin no name are told from them alone.
   */
  private static final class Node {
    private final String unit;
    private @Nullable Node[] children = new Node[2];
    private int[] hashes = new int[2];
    private int size;
    private @Nullable String name;

    Node(String unit) {
      this.unit = unit;
    }

    @Nullable Node child(Units units, int sought) {
      int hash = units.hash(sought);
      int mask = hashes.length - 1;
      for (int at = place(hash); ; at = (at + 1) & mask) {
        if (hashes[at] == hash || hashes[at] == 0) {
          Node child = children[at];
          if (child == null || (hashes[at] == hash && units.is(sought, child.unit))) {
            return child;
          }
        }
      }
    }

    Node add(String childUnit) {
      if (2 * ++size > children.length) {
        @Nullable Node[] old = children;
        children = new Node[2 * old.length];
        hashes = new int[children.length];
        for (Node child : old) {
          if (child != null) {
            put(child);
          }
        }
      }
      Node child = new Node(childUnit);
      put(child);
      return child;
    }

    private void put(Node child) {
      int hash = child.unit.hashCode();
      int at = place(hash);
      while (children[at] != null) {
        at = (at + 1) & (children.length - 1);
      }
      children[at] = child;
      hashes[at] = hash;
    }

    // the upper bits of a product with the golden ratio: the lower ones of similar hashes are equal
    private int place(int hash) {
      return (hash * 0x9E3779B9) >>> (Integer.numberOfLeadingZeros(hashes.length) + 1);
    }
  }
}
