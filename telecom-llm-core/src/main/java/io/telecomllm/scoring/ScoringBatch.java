package io.telecomllm.scoring;

import com.google.common.primitives.Ints;
import io.telecomllm.model.TokenBatch;
import java.util.ArrayList;
import java.util.List;

/**
 * Several questions as one tree that continues the cache: each stem is a segment, and each answer's
 * tail is a child of its stem. Records which token is looked up in which row.
 */
final class ScoringBatch {
  /** The token {@code id}, looked up in the logits of the wanted row {@code row}. */
  record Pick(int row, int id) {}

  private final List<Integer> ids = new ArrayList<>();
  private final List<Integer> wanted = new ArrayList<>();
  private final List<TokenBatch.Segment> segments = new ArrayList<>();
  private final List<List<List<Pick>>> picks = new ArrayList<>();

  /**
   * @param cached the number of tokens of every stem that the cache holds, fewer than the stem has
   */
  ScoringBatch(List<Choice> choices, int cached) {
    choices.forEach(choice -> picks.add(add(choice, cached)));
  }

  private List<List<Pick>> add(Choice choice, int cached) {
    int stem = segments.size();
    segment(choice.stem(), cached, choice.stem().length, -1);
    int stemRow = want(ids.size() - 1);
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

  private int want(int row) {
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
