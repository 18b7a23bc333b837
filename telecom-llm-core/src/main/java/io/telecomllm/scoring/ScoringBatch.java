package io.telecomllm.scoring;

import static java.util.Objects.requireNonNull;

import com.google.common.primitives.Ints;
import io.telecomllm.model.TokenBatch;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Several questions as one tree that continues the cache: their stems, and each answer's tail as a
 * child of its stem. Records which token is looked up in which row.
 */
final class ScoringBatch {
  /** The token {@code id}, looked up in the logits of the wanted row {@code row}. */
  record Pick(int row, int id) {}

  private final List<Integer> ids = new ArrayList<>();
  private final List<Integer> wanted = new ArrayList<>();
  private final List<TokenBatch.Segment> segments = new ArrayList<>();
  private final List<List<List<Pick>>> picks = new ArrayList<>();
  private final Map<StemTree.Node, Integer> numbers = new HashMap<>();

  /**
   * @param cached the number of tokens of every stem that the cache holds, fewer than the stem has
   */
  ScoringBatch(List<Choice> choices, int cached) {
    StemTree stems = new StemTree(choices.stream().map(Choice::stem).toList(), cached);
    stems.roots().forEach(root -> stem(root, -1));
    for (int i = 0; i < choices.size(); i++) {
      picks.add(answers(choices.get(i), requireNonNull(numbers.get(stems.ends().get(i)))));
    }
  }

  private void stem(StemTree.Node node, int parent) {
    int number = segments.size();
    numbers.put(node, number);
    segment(node.stem(), node.from(), node.to(), parent);
    node.children().forEach(child -> stem(child, number));
  }

  private List<List<Pick>> answers(Choice choice, int stem) {
    int stemRow = want(segments.get(stem).start() + segments.get(stem).length() - 1);
    List<List<Pick>> answers = new ArrayList<>();
    for (int[] tail : choice.tails()) {
      List<Pick> answer = new ArrayList<>(List.of(new Pick(stemRow, tail[0])));
      if (tail.length > 1) {
        int first = ids.size();
        segment(tail, 0, tail.length - 1, stem);
        for (int i = 1; i < tail.length; i++) {
          answer.add(new Pick(want(first + i - 1), tail[i]));
        }
      }
      answers.add(answer);
    }
    return answers;
  }

  private void segment(int[] tokens, int from, int to, int parent) {
    segments.add(new TokenBatch.Segment(ids.size(), to - from, parent));
    ids.addAll(Ints.asList(tokens).subList(from, to));
  }

  /** Returns the index of the row among the wanted ones; equal questions want the same row. */
  private int want(int row) {
    int known = wanted.indexOf(row);
    if (known >= 0) {
      return known;
    }
    wanted.add(row);
    return wanted.size() - 1;
  }

  /** Returns whether all options are one token each. */
  boolean single() {
    return picks.stream().flatMap(List::stream).allMatch(answer -> answer.size() == 1);
  }

  /** Returns all tokens that are looked up, each once, ascending. */
  long[] ids() {
    return picks.stream()
        .flatMap(List::stream)
        .flatMap(List::stream)
        .mapToLong(Pick::id)
        .distinct()
        .sorted()
        .toArray();
  }

  TokenBatch tokens() {
    return new TokenBatch(Ints.toArray(ids), segments);
  }

  /** Returns the rows whose logits are needed; (wanted). */
  int[] rows() {
    return Ints.toArray(wanted);
  }

  /**
   * Returns what is looked up, by question and then by option, in the order of the answer's tokens.
   */
  List<List<List<Pick>>> picks() {
    return picks;
  }
}
