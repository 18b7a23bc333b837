package io.telecomllm.knowledge;

import static com.google.common.base.Preconditions.checkArgument;
import static java.util.Objects.requireNonNull;

import com.google.common.hash.Hashing;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.IntPredicate;

/**
 * Searches the clauses of a knowledge base by their vectors: those come first that mean what the
 * query means, whether or not they share its words. A passage's score is its cosine, 0 at the
 * least. Releases limit the search as they do in the {@link KnowledgeBase}.
 *
 * <p>The vectors are in memory, 4 bytes a value: 150 MB for 100,000 clauses of 384 values. Up to
 * 4,096 clauses are searched exactly; of more, the signs of the values choose 4,096 candidates
 * first.
 *
 * <p>Safe for use by several threads. It uses base and embedder, which are closed by the code that
 * opened them.
 */
public final class DenseRetriever implements Retriever {
  private final KnowledgeBase base;
  private final Embedder embedder;
  private final DenseIndex index;
  private final int[] numbers;
  private final Map<String, Integer> rowOf;
  private final EncodingProgress report;

  DenseRetriever(
      KnowledgeBase base,
      Embedder embedder,
      DenseIndex index,
      int[] numbers,
      Map<String, Integer> rowOf,
      EncodingProgress report) {
    this.base = base;
    this.embedder = embedder;
    this.index = index;
    this.numbers = numbers;
    this.rowOf = rowOf;
    this.report = report;
  }

  /** Begins to encode the clauses of a knowledge base. */
  public static DenseBuilder on(KnowledgeBase base, Embedder embedder) {
    requireNonNull(base, "base is null");
    requireNonNull(embedder, "embedder is null");
    return new DenseBuilder(base, embedder, Optional.empty(), EncodingListener.none());
  }

  /** Returns how many clauses were encoded, found stored, or found damaged. */
  public EncodingProgress report() {
    return report;
  }

  KnowledgeBase base() {
    return base;
  }

  Embedder embedder() {
    return embedder;
  }

  @Override
  public List<Passage> search(Query query) {
    requireNonNull(query, "query is null");
    return search(embedder.encodeQuery(query.text()), query);
  }

  /** Finds the best passages for the vector of a query. */
  List<Passage> search(float[] vector, Query query) {
    List<Passage> passages = new ArrayList<>();
    for (DenseIndex.Hit hit : hits(vector, query)) {
      Clause clause = base.numbered().clause(numbers[hit.row()]);
      passages.add(new Passage(clause, Math.max(0, hit.product()), passages.size() + 1));
    }
    return List.copyOf(passages);
  }

  /** Returns the numbers in the base of the clauses that {@link #search} finds. */
  int[] ranked(float[] vector, Query query) {
    return Arrays.stream(hits(vector, query)).mapToInt(hit -> numbers[hit.row()]).toArray();
  }

  private DenseIndex.Hit[] hits(float[] vector, Query query) {
    Optional<BitSet> within = base.numbered().searched(query);
    IntPredicate searched =
        within.<IntPredicate>map(set -> row -> set.get(numbers[row])).orElse(row -> true);
    return index.best(vector, searched, query.limit());
  }

  /** Returns the cosine between the vector of a query and a clause of the base, -1 to 1. */
  double similarity(float[] vector, Clause clause) {
    Integer row = rowOf.get(clause.edition());
    checkArgument(row != null, "%s is not in the knowledge base", clause.edition());
    return index.product(vector, row);
  }

  @Override
  public String id() {
    String all = "dense\n" + base.id() + "\n" + embedder.id();
    return Hashing.sha256().hashString(all, StandardCharsets.UTF_8).toString();
  }
}
