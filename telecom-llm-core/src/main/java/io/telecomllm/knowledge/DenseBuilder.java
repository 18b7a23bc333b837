package io.telecomllm.knowledge;

import static com.google.common.base.Preconditions.checkArgument;
import static java.util.Objects.requireNonNull;

import com.google.common.collect.Lists;
import com.google.common.hash.HashCode;
import com.google.common.hash.Hashing;
import io.telecomllm.Interrupts;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;

/** Settings of a {@link DenseRetriever}. Immutable: each method returns a changed copy. */
public final class DenseBuilder {
  /** Clauses that are encoded and stored at a time, as {@link EncodingListener} says. */
  private static final int CHUNK = 1_024;

  private final KnowledgeBase base;
  private final Embedder embedder;
  private final Optional<Path> folder;
  private final EncodingListener listener;

  DenseBuilder(
      KnowledgeBase base, Embedder embedder, Optional<Path> folder, EncodingListener listener) {
    this.base = base;
    this.embedder = embedder;
    this.folder = folder;
    this.listener = listener;
  }

  /**
   * Keeps the vectors in a folder, which is created if there is none, so that a clause whose text
   * has not changed is not encoded again; several bases and embedders can share one.
   */
  public DenseBuilder cache(Path folder) {
    requireNonNull(folder, "folder is null");
    return new DenseBuilder(base, embedder, Optional.of(folder), listener);
  }

  /** Sets the listener to notify of progress. */
  public DenseBuilder listener(EncodingListener listener) {
    requireNonNull(listener, "listener is null");
    return new DenseBuilder(base, embedder, folder, listener);
  }

  /**
   * A clause to encode.
   *
   * @param number its number in the base
   * @param digest that of the text to encode
   */
  private record Row(int number, String id, long recency, String edition, HashCode digest) {}

  // the order of equal hits, which must not depend on that of indexing
  private static final Comparator<Row> ORDER =
      Comparator.comparing(Row::id)
          .thenComparing(Row::recency, Comparator.reverseOrder())
          .thenComparing(Row::edition);

  /**
   * Encodes the clauses that have no stored vector yet. Interrupting the thread ends it; vectors
   * stored by then stay.
   *
   * @throws io.telecomllm.BusyException if another thread or process is encoding into the folder
   * @throws io.telecomllm.InvalidDataException if the file of vectors there is not one; a vector
   *     that is damaged is computed again
   * @throws java.util.concurrent.CancellationException if the thread is interrupted
   */
  public DenseRetriever build() {
    List<Row> rows = new ArrayList<>();
    base.numbered().each((clause, number) -> rows.add(row(clause, number)));
    rows.sort(ORDER);
    Map<HashCode, float[]> vectors = new HashMap<>();
    EncodingProgress report;
    if (folder.isPresent()) {
      try (VectorFile file = VectorFile.open(folder.get(), embedder)) {
        report = encode(rows, vectors, Optional.of(file));
      }
    } else {
      report = encode(rows, vectors, Optional.empty());
    }
    float[][] ordered = rows.stream().map(r -> vectors.get(r.digest())).toArray(float[][]::new);
    Map<String, Integer> rowOf = new HashMap<>();
    IntStream.range(0, ordered.length).forEach(i -> rowOf.put(rows.get(i).edition(), i));
    return new DenseRetriever(
        base,
        embedder,
        new DenseIndex(ordered, embedder.dimensions()),
        rows.stream().mapToInt(Row::number).toArray(),
        rowOf,
        report);
  }

  private EncodingProgress encode(
      List<Row> rows, Map<HashCode, float[]> vectors, Optional<VectorFile> file) {
    Map<HashCode, List<Integer>> missing = new LinkedHashMap<>();
    rows.forEach(
        row -> missing.computeIfAbsent(row.digest(), d -> new ArrayList<>()).add(row.number()));
    int damaged =
        file.map(
                stored ->
                    stored.read(
                        (digest, vector) -> {
                          if (missing.remove(digest) != null) {
                            vectors.put(digest, vector);
                          }
                        }))
            .orElse(0);
    int stored = (int) rows.stream().filter(row -> vectors.containsKey(row.digest())).count();
    EncodingProgress progress = new EncodingProgress(rows.size(), stored, 0, damaged);
    listener.onProgress(progress);
    for (List<Map.Entry<HashCode, List<Integer>>> chunk :
        Lists.partition(List.copyOf(missing.entrySet()), CHUNK)) {
      Interrupts.check("the encoding of clauses was cancelled");
      List<HashCode> digests = chunk.stream().map(Map.Entry::getKey).toList();
      List<float[]> encoded =
          embedder.encode(
              chunk.stream()
                  .map(same -> text(base.numbered().clause(same.getValue().get(0))))
                  .toList());
      encoded.forEach(this::check);
      file.ifPresent(stores -> stores.append(digests, encoded));
      for (int i = 0; i < digests.size(); i++) {
        vectors.put(digests.get(i), encoded.get(i));
      }
      int done = chunk.stream().mapToInt(same -> same.getValue().size()).sum();
      progress = new EncodingProgress(rows.size(), stored, progress.encoded() + done, damaged);
      listener.onProgress(progress);
    }
    return progress;
  }

  private void check(float[] vector) {
    checkArgument(
        vector.length == embedder.dimensions(),
        "a vector of the embedder has %s values, expected its dimensions, %s",
        vector.length,
        embedder.dimensions());
  }

  private static Row row(Clause clause, int number) {
    HashCode digest = Hashing.sha256().hashString(text(clause), StandardCharsets.UTF_8);
    return new Row(number, clause.id(), Releases.recency(clause), clause.edition(), digest);
  }

  /** Returns what is encoded of a clause: its name unless that is a number, its title, its text. */
  static String text(Clause clause) {
    StringBuilder text = new StringBuilder();
    if (!ClauseNumbers.isNumber(clause.clause())) {
      text.append(clause.clause()).append(": ");
    }
    if (!clause.title().isEmpty()) {
      text.append(clause.title()).append(". ");
    }
    return text.append(clause.text()).toString();
  }
}
