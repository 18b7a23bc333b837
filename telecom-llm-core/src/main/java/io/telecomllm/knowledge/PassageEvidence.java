package io.telecomllm.knowledge;

import com.google.common.hash.Hashing;
import com.google.common.primitives.ImmutableDoubleArray;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * What speaks for each passage of a search, as numbers: how much of the question's rare words it
 * has, how near its vector is to the question's where there are vectors, and how far it leads the
 * others in both. Immutable.
 */
final class PassageEvidence {
  // raised whenever the meaning of a feature changes, since fitted weights would not fit
  private static final String FORMAT = "relevance 1";

  private final Retriever retriever;
  private final KnowledgeBase base;
  private final Optional<DenseRetriever> dense;

  private PassageEvidence(Retriever retriever, KnowledgeBase base, Optional<DenseRetriever> dense) {
    this.retriever = retriever;
    this.base = base;
    this.dense = dense;
  }

  static PassageEvidence of(Retriever retriever) {
    if (retriever instanceof KnowledgeBase words) {
      return new PassageEvidence(retriever, words, Optional.empty());
    } else if (retriever instanceof DenseRetriever dense) {
      return new PassageEvidence(retriever, dense.base(), Optional.of(dense));
    } else if (retriever instanceof HybridRetriever hybrid) {
      return new PassageEvidence(retriever, hybrid.dense().base(), Optional.of(hybrid.dense()));
    }
    throw new IllegalArgumentException(
        "retriever is a "
            + retriever.getClass().getSimpleName()
            + ", expected a KnowledgeBase, DenseRetriever or HybridRetriever");
  }

  /** A search and what it found. */
  static final class Found {
    private final Query query;
    // that of the query; empty where there are no vectors
    private final float[] vector;
    private final List<Passage> passages;

    private Found(Query query, float[] vector, List<Passage> passages) {
      this.query = query;
      this.vector = vector;
      this.passages = passages;
    }

    List<Passage> passages() {
      return passages;
    }

    /** Returns the same search as if it had found only these passages. */
    Found with(List<Passage> others) {
      return new Found(query, vector, others);
    }
  }

  /** Searches, with the vector of the query computed once. */
  Found search(Query query) {
    if (dense.isEmpty()) {
      return new Found(query, new float[0], retriever.search(query));
    }
    float[] vector = dense.get().embedder().encodeQuery(query.text());
    List<Passage> passages =
        retriever instanceof HybridRetriever hybrid
            ? hybrid.search(vector, query)
            : dense.get().search(vector, query);
    return new Found(query, vector, passages);
  }

  Retriever retriever() {
    return retriever;
  }

  /** Returns the names of the features, in the order of {@link #of(Found)}. */
  List<String> names() {
    List<String> words = List.of("coverage", "missing", "coverageLead");
    List<String> names = new ArrayList<>(words);
    dense.ifPresent(vectors -> names.addAll(List.of("cosine", "cosineLead")));
    return names;
  }

  /**
   * Returns a digest of how passages are found and what the features mean; it does not depend on
   * the clauses, so that a gate can be fitted on one base and used on another.
   */
  String method() {
    String all =
        FORMAT
            + "\n"
            + retriever.getClass().getSimpleName()
            + "\n"
            + dense.map(vectors -> vectors.embedder().id()).orElse("words");
    return Hashing.sha256().hashString(all, StandardCharsets.UTF_8).toString();
  }

  /** Returns the features of each passage, compared with the others that were found. */
  List<ImmutableDoubleArray> of(Found found) {
    List<Passage> passages = found.passages();
    double[][] columns = new double[names().size()][];
    coverage(found.query, passages, columns);
    columns[2] = leads(columns[0]);
    dense.ifPresent(
        vectors -> {
          columns[3] =
              passages.stream()
                  .mapToDouble(p -> vectors.similarity(found.vector, p.clause()))
                  .toArray();
          columns[4] = leads(columns[3]);
        });
    List<ImmutableDoubleArray> features = new ArrayList<>();
    for (int i = 0; i < passages.size(); i++) {
      int row = i;
      features.add(
          ImmutableDoubleArray.copyOf(Arrays.stream(columns).mapToDouble(column -> column[row])));
    }
    return features;
  }

  /**
   * Writes two columns: the share of the question's words that a passage has, each weighted by its
   * rarity, and the rarity of the rarest one that it lacks.
   */
  private void coverage(Query query, List<Passage> passages, double[][] columns) {
    List<Words.Word> words = Words.of(query.text()).stream().distinct().toList();
    double[] rarity = words.stream().mapToDouble(this::rarity).toArray();
    double all = Math.max(Arrays.stream(rarity).sum(), Double.MIN_NORMAL);
    columns[0] = new double[passages.size()];
    columns[1] = new double[passages.size()];
    for (int i = 0; i < passages.size(); i++) {
      Clause clause = passages.get(i).clause();
      Set<String> terms = new HashSet<>(Words.indexTerms(clause.text()));
      terms.addAll(Words.headingTerms(clause));
      for (int j = 0; j < rarity.length; j++) {
        if (words.get(j).in(terms)) {
          columns[0][i] += rarity[j] / all;
        } else {
          columns[1][i] = Math.max(columns[1][i], rarity[j]);
        }
      }
    }
  }

  /** Returns BM25's weight of a word's rarity, 1 for a word that no clause has. */
  private double rarity(Words.Word word) {
    double clauses = base.size();
    double having = Math.min(clauses, base.numbered().clausesWith(word.term()));
    double most = Math.log1p((clauses + 0.5) / 0.5);
    return Math.log1p((clauses - having + 0.5) / (having + 0.5)) / most;
  }

  /** Returns by how much each value is over the mean of the others. */
  private static double[] leads(double[] values) {
    double sum = Arrays.stream(values).sum();
    int others = Math.max(1, values.length - 1);
    return Arrays.stream(values).map(value -> value - (sum - value) / others).toArray();
  }
}
