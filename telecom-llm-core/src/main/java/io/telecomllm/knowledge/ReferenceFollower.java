package io.telecomllm.knowledge;

import static com.google.common.base.Preconditions.checkArgument;
import static java.util.Objects.requireNonNull;

import com.google.common.hash.Hashing;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * A retriever whose last passages are clauses that the best ones point at, where they do: "see
 * clause 5.6.1 of TS 23.501". They have the score of the passage before them. Immutable, and safe
 * for use by several threads; it closes nothing.
 */
public final class ReferenceFollower implements Retriever {
  private final Retriever retriever;
  private final KnowledgeBase base;
  private final int most;

  private ReferenceFollower(Retriever retriever, KnowledgeBase base, int most) {
    this.retriever = retriever;
    this.base = base;
    this.most = most;
  }

  /** Returns a retriever of this base whose references are followed. */
  public static ReferenceFollower of(KnowledgeBase base, int most) {
    return of(base, base, most);
  }

  /**
   * Returns a retriever whose references are followed.
   *
   * @param retriever finds the passages
   * @param base has the clauses that they point at
   * @param most the most clauses that take the place of passages, 1 to 100; at least one passage
   *     stays
   */
  public static ReferenceFollower of(Retriever retriever, KnowledgeBase base, int most) {
    requireNonNull(retriever, "retriever is null");
    requireNonNull(base, "base is null");
    checkArgument(most >= 1 && most <= 100, "most is %s, expected 1 to 100", most);
    return new ReferenceFollower(retriever, base, most);
  }

  /**
   * Finds passages, and replaces the last ones by clauses that those before them point at, except
   * ones that are found already and ones outside the limits of the query.
   */
  @Override
  public List<Passage> search(Query query) {
    requireNonNull(query, "query is null");
    List<Passage> found = retriever.search(query);
    List<List<Clause>> references =
        found.stream().map(passage -> base.references(passage.clause()).found()).toList();
    for (int count = Math.min(most, query.limit() - 1); count > 0; count--) {
      List<Passage> kept = found.subList(0, Math.min(found.size(), query.limit() - count));
      List<Clause> followed =
          references.subList(0, kept.size()).stream()
              .flatMap(List::stream)
              .filter(query::admits)
              .filter(clause -> kept.stream().noneMatch(p -> p.clause().equals(clause)))
              .distinct()
              .limit(count)
              .toList();
      if (!kept.isEmpty() && followed.size() == count) {
        return joined(kept, followed);
      }
    }
    return found;
  }

  private static List<Passage> joined(List<Passage> kept, List<Clause> followed) {
    List<Passage> all = new ArrayList<>(kept);
    double score = kept.get(kept.size() - 1).score();
    followed.forEach(clause -> all.add(new Passage(clause, score, all.size() + 1)));
    return List.copyOf(all);
  }

  @Override
  public String id() {
    String parts = String.join("\n", "references", retriever.id(), base.id(), "" + most);
    return Hashing.sha256().hashString(parts, StandardCharsets.UTF_8).toString();
  }
}
