package io.telecomllm.knowledge;

import static java.util.Objects.requireNonNull;

import com.google.common.hash.Hashing;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
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
      Comparator.comparingDouble(Fused::score).reversed().thenComparingInt(Fused::found);

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
   * @param number its number in the base
   * @param score the sum of its reciprocal ranks
   * @param found how many clauses were found before it; words come first
   */
  private record Fused(int number, double score, int found) {}

  @Override
  public List<Passage> search(Query query) {
    requireNonNull(query, "query is null");
    return search(dense.embedder().encodeQuery(query.text()), query);
  }

  /** Finds the best passages for a query whose vector is this. */
  List<Passage> search(float[] vector, Query query) {
    Query deep = query.limit(Math.max(query.limit(), DEPTH));
    KnowledgeBase base = dense.base();
    Map<Integer, Fused> fused = new HashMap<>();
    add(fused, base.numbered().ranked(deep));
    add(fused, dense.ranked(vector, deep));
    List<Passage> best = new ArrayList<>();
    fused.values().stream()
        .sorted(ORDER)
        .limit(query.limit())
        .forEach(
            one ->
                best.add(
                    new Passage(
                        base.numbered().clause(one.number()), one.score(), best.size() + 1)));
    return List.copyOf(best);
  }

  private static void add(Map<Integer, Fused> fused, int[] ranked) {
    for (int i = 0; i < ranked.length; i++) {
      fused.merge(
          ranked[i],
          new Fused(ranked[i], 1.0 / (K + i + 1), fused.size()),
          (one, two) -> new Fused(one.number(), one.score() + two.score(), one.found()));
    }
  }

  @Override
  public String id() {
    String all = "hybrid " + K + " " + DEPTH + "\n" + dense.id();
    return Hashing.sha256().hashString(all, StandardCharsets.UTF_8).toString();
  }
}
