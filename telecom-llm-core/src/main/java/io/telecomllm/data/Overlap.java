package io.telecomllm.data;

import io.telecomllm.text.Texts;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A question that two sets share, exactly or nearly, so that training on one set would distort a
 * measurement on the other.
 *
 * @param left the question's id in the first set
 * @param right the question's id in the second set
 * @param kind the strongest kind that applies
 * @param similarity the Jaccard similarity of the words of both texts without their tags, 0 to 1
 */
public record Overlap(String left, String right, Kind kind, double similarity) {
  /** The kinds of overlap, from the strongest to the weakest. */
  public enum Kind {
    /** The ids are equal, whatever the texts. */
    SAME_ID,
    /** The texts without tags are equal, ignoring case and runs of white space. */
    SAME_TEXT,
    /** The similarity of the texts is at least 4/5: usually one is a rewording of the other. */
    NEAR_DUPLICATE
  }

  /**
   * Returns all pairs that overlap, ordered by kind, then as in the first set, then as in the
   * second.
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
