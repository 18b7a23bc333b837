package io.telecomllm.data;

import io.telecomllm.text.Texts;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A question of one set that another set holds as well, so that a measurement on one would be
 * spoilt by training on the other.
 *
 * @param left id in the first set
 * @param right id in the second set
 * @param kind the strongest that applies
 * @param similarity Jaccard similarity of the words of both texts without their tags, 0 to 1
 */
public record Overlap(String left, String right, Kind kind, double similarity) {
  /** From the strongest to the weakest. */
  public enum Kind {
    /** The same id, whatever the texts. */
    SAME_ID,
    /** The same text without tag; case and runs of white space do not count. */
    SAME_TEXT,
    /** Texts of a similarity of at least 4/5: a rewording, mostly. */
    NEAR_DUPLICATE
  }

  /**
   * All pairs that overlap, by kind, then in the order of the first set, then of the second.
   *
   * @param left the first set
   * @param right the second set
   */
  public static List<Overlap> between(List<Question> left, List<Question> right) {
    Map<String, List<Question>> leftById = new HashMap<>();
    left.forEach(q -> leftById.computeIfAbsent(q.id(), id -> new ArrayList<>()).add(q));
    List<Overlap> overlaps = new ArrayList<>();
    for (Question question : right) {
      for (Question other : leftById.getOrDefault(question.id(), List.of())) {
        double similarity = NearDuplicates.similarity(other, question);
        overlaps.add(new Overlap(other.id(), question.id(), Kind.SAME_ID, similarity));
      }
    }
    for (NearDuplicates.Pair pair : NearDuplicates.between(left, right)) {
      Question a = left.get(pair.left());
      Question b = right.get(pair.right());
      if (!a.id().equals(b.id())) {
        boolean same = Texts.folded(a.textWithoutTag()).equals(Texts.folded(b.textWithoutTag()));
        Kind kind = same ? Kind.SAME_TEXT : Kind.NEAR_DUPLICATE;
        overlaps.add(new Overlap(a.id(), b.id(), kind, pair.similarity()));
      }
    }
    Map<String, Integer> order = new HashMap<>();
    left.forEach(q -> order.putIfAbsent(q.id(), order.size()));
    // a stable sort: the order of the second set stays
    overlaps.sort(
        Comparator.comparing(Overlap::kind).thenComparing(o -> order.getOrDefault(o.left(), 0)));
    return List.copyOf(overlaps);
  }
}
