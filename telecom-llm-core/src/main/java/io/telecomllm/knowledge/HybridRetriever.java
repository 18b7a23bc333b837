package io.telecomllm.knowledge;

import static java.util.Objects.requireNonNull;

import com.google.common.hash.Hashing;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Searches a knowledge base by words and by meaning, and merges the two lists by reciprocal rank
 * fusion: a passage's score is the sum of 1 / (60 + its rank) over the lists that hold it (Cormack,
 * Clarke and Buettcher 2009, "Reciprocal Rank Fusion outperforms Condorcet and individual Rank
 * Learning Methods"). Equal scores are ordered by the rank that the words gave.
 *
 * <p>Safe for use by several threads.
 */
public final class HybridRetriever implements Retriever {
  /** What is added to every rank: the constant of Cormack et al. */
  static final int K = 60;

  /** The length of the lists that are merged, unless more passages are asked for. */
  static final int DEPTH = 100;

  private static final Comparator<Fused> ORDER =
      Comparator.comparingDouble(Fused::score)
          .reversed()
          .thenComparingInt(Fused::byWords)
          .thenComparingInt(Fused::found);

  private final DenseRetriever dense;

  private HybridRetriever(DenseRetriever dense) {
    this.dense = dense;
  }

  /** Combines the vectors of a knowledge base with the search by words in the same base. */
  public static HybridRetriever of(DenseRetriever dense) {
    requireNonNull(dense, "dense is null");
    return new HybridRetriever(dense);
  }

  DenseRetriever dense() {
    return dense;
  }

  /**
   * A clause in one list or both.
   *
   * @param score the sum of its reciprocal ranks
   * @param byWords its rank by words; the largest number if words do not find it
   * @param found how many clauses were found before it
   */
  private record Fused(Clause clause, double score, int byWords, int found) {}

  @Override
  public List<Passage> search(Query query) {
    requireNonNull(query, "query is null");
    Query deep = new Query(query.text(), query.release(), Math.max(query.limit(), DEPTH));
    Map<String, Fused> fused = new LinkedHashMap<>();
    for (Passage passage : dense.base().search(deep)) {
      add(fused, passage, passage.rank());
    }
    for (Passage passage : dense.search(deep)) {
      add(fused, passage, Integer.MAX_VALUE);
    }
    List<Passage> best = new ArrayList<>();
    fused.values().stream()
        .sorted(ORDER)
        .limit(query.limit())
        .forEach(one -> best.add(new Passage(one.clause(), one.score(), best.size() + 1)));
    return List.copyOf(best);
  }

  private static void add(Map<String, Fused> fused, Passage passage, int byWords) {
    fused.merge(
        passage.clause().edition(),
        new Fused(passage.clause(), 1.0 / (K + passage.rank()), byWords, fused.size()),
        (one, two) ->
            new Fused(one.clause(), one.score() + two.score(), one.byWords(), one.found()));
  }

  @Override
  public String id() {
    String all = "hybrid " + K + " " + DEPTH + "\n" + dense.id();
    return Hashing.sha256().hashString(all, StandardCharsets.UTF_8).toString();
  }
}
