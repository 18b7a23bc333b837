package io.telecomllm.scoring;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Stems as a tree, in which a beginning that several have in common is read once: that of the
 * permutations of a question, or of questions with the same passages.
 */
final class StemTree {
  /**
   * The fewest tokens for which a common beginning is read apart: attention is computed for each
   * part, and words that happen to be the same are not worth it.
   */
  static final int LEAST = 16;

  private final int cached;
  private final List<Node> roots = new ArrayList<>();
  private final List<Node> ends = new ArrayList<>();

  /** The tokens [from, to) of a stem, which continue those of the parent. */
  static final class Node {
    private final int[] stem;
    private final int from;
    private int to;
    private final List<Node> children = new ArrayList<>();

    private Node(int[] stem, int from, int to) {
      this.stem = stem;
      this.from = from;
      this.to = to;
    }

    int[] stem() {
      return stem;
    }

    int from() {
      return from;
    }

    int to() {
      return to;
    }

    List<Node> children() {
      return children;
    }

    /** Returns how many tokens a stem and this one both begin with, at most to its end. */
    private int common(int[] other) {
      int limit = Math.min(to, other.length);
      int different = Arrays.mismatch(stem, from, limit, other, from, limit);
      return different < 0 ? limit : from + different;
    }
  }

  /**
   * @param cached the number of tokens that all stems begin with and that are not read; fewer than
   *     each has
   */
  StemTree(List<int[]> stems, int cached) {
    this.cached = cached;
    stems.forEach(stem -> ends.add(add(stem)));
  }

  /** Returns the node that ends a stem. */
  private Node add(int[] stem) {
    List<Node> among = roots;
    int at = cached;
    while (true) {
      Node alike = alike(among, stem, at);
      if (alike == null) {
        Node own = new Node(stem, at, stem.length);
        among.add(own);
        return own;
      }
      int common = alike.common(stem);
      if (common < alike.to) {
        split(alike, common);
      }
      if (common == stem.length) {
        return alike;
      }
      at = common;
      among = alike.children;
    }
  }

  /** Returns the node with which a stem has enough in common; it is the end of both or worth it. */
  private static @Nullable Node alike(List<Node> among, int[] stem, int at) {
    for (Node node : among) {
      int common = node.common(stem);
      boolean whole = common == node.to && common == stem.length;
      if (whole || common - at >= LEAST) {
        return node;
      }
    }
    return null;
  }

  /** Cuts a node; the one that ends its stems stays the lower one. */
  private void split(Node node, int at) {
    Node lower = new Node(node.stem, at, node.to);
    lower.children.addAll(node.children);
    node.children.clear();
    node.children.add(lower);
    node.to = at;
    ends.replaceAll(end -> end == node ? lower : end);
  }

  /** Returns the nodes that continue the cache. */
  List<Node> roots() {
    return roots;
  }

  /** Returns the node that ends each stem, in the order of the stems. */
  List<Node> ends() {
    return ends;
  }

  /** Returns the number of tokens to read. */
  int tokens() {
    return tokens(roots);
  }

  private static int tokens(List<Node> nodes) {
    return nodes.stream().mapToInt(node -> node.to - node.from + tokens(node.children)).sum();
  }
}
