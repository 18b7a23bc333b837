package io.telecomllm.knowledge;

import static com.google.common.base.Preconditions.checkArgument;
import static io.telecomllm.knowledge.ClauseQueries.all;
import static io.telecomllm.knowledge.ClauseQueries.is;
import static java.util.Objects.requireNonNull;

import io.telecomllm.InvalidDataException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;
import org.apache.lucene.search.FieldDoc;
import org.apache.lucene.search.ScoreDoc;
import org.apache.lucene.search.Sort;
import org.apache.lucene.search.SortField;
import org.apache.lucene.store.ByteBuffersDirectory;
import org.apache.lucene.store.Directory;
import org.apache.lucene.util.IOUtils;

/**
 * Searches clauses by plain text. They are ranked by BM25 (k1 1.2, b 0.75) over the text plus twice
 * BM25 over the heading, which is the spec, the clause's number and its title. A clause whose name
 * is in the query ({@code AMF} of a glossary in "What is the AMF?") gets 3 points more.
 *
 * <p>Identifiers such as {@code NG-RAN} or {@code 38.331} are found whole, by their parts and in
 * the forms in which people type them, such as {@code 38331}. The number of a clause also finds the
 * clauses below it, after itself. A clause may be there in several releases; one that the query
 * mentions comes first, else the newest. Equal scores are ordered by id, then from new to old, so
 * the same search always returns the same list.
 *
 * <p>Safe for use by several threads. A search that is running when another thread closes the base
 * still completes.
 */
public final class KnowledgeBase implements Retriever, AutoCloseable {
  private static final Sort BY_SCORE_THEN_ID =
      new Sort(
          SortField.FIELD_SCORE,
          new SortField(ClauseIndex.ID, SortField.Type.STRING),
          new SortField(ClauseIndex.RECENCY, SortField.Type.LONG, true),
          new SortField(ClauseIndex.EDITION, SortField.Type.STRING));
  private final ClauseReader reader;
  private final Navigation navigation;
  private final NumberedClauses numbered;
  private final Optional<Path> folder;

  private KnowledgeBase(ClauseReader reader, Optional<Path> folder) {
    this.reader = reader;
    this.navigation = new Navigation(reader);
    this.numbered = new NumberedClauses(reader, BY_SCORE_THEN_ID);
    this.folder = folder;
  }

  /**
   * Reads clauses into memory: one JSON object a line in UTF-8, with the fields {@code spec},
   * {@code clause} and {@code text}, and optionally {@code version}, {@code release}, {@code
   * title}, {@code source} and {@code sha256} (of the text, which is verified). Lines are at most 1
   * MiB long.
   *
   * @throws InvalidDataException naming the first line that is anything else or repeats an id
   */
  public static KnowledgeBase read(Path jsonLines) {
    requireNonNull(jsonLines, "jsonLines is null");
    return inMemory(receiver -> ClauseLines.read(jsonLines, receiver), jsonLines.toString());
  }

  /**
   * Reads clauses, in the form of {@link #read(Path)}, from a stream that the caller closes; {@code
   * name} is its name in errors.
   */
  public static KnowledgeBase read(InputStream jsonLines, String name) {
    requireNonNull(jsonLines, "jsonLines is null");
    requireNonNull(name, "name is null");
    return inMemory(receiver -> ClauseLines.read(jsonLines, name, receiver), name);
  }

  /** Creates a knowledge base in memory; no two clauses may be the same {@link Clause#edition}. */
  public static KnowledgeBase of(Iterable<Clause> clauses) {
    requireNonNull(clauses, "clauses is null");
    return inMemory(clauses::forEach, "knowledge base in memory");
  }

  /**
   * Indexes a file of clauses, in the form of {@link #read(Path)}, into a folder that does not
   * exist yet. The folder appears only when it is complete and on disk.
   */
  public static void index(Path jsonLines, Path folder) {
    requireNonNull(jsonLines, "jsonLines is null");
    requireNonNull(folder, "folder is null");
    IndexFolder.write(receiver -> ClauseLines.read(jsonLines, receiver), folder);
  }

  /**
   * Indexes these clauses into a folder that does not exist yet; it appears only when it is
   * complete and on disk.
   */
  public static void index(Iterable<Clause> clauses, Path folder) {
    requireNonNull(clauses, "clauses is null");
    requireNonNull(folder, "folder is null");
    IndexFolder.write(clauses::forEach, folder);
  }

  /**
   * Opens the newest snapshot of an indexed folder, which {@link #index(Path, Path)} or a {@link
   * KnowledgeBaseWriter} wrote; no later one changes it. Every file of it is read once to verify
   * its checksum; the texts stay on disk.
   *
   * @throws InvalidDataException if the folder is not an index or is damaged
   * @throws io.telecomllm.IncompatibleException if it is of another version of the format
   */
  public static KnowledgeBase open(Path indexFolder) {
    requireNonNull(indexFolder, "indexFolder is null");
    return open(indexFolder, Optional.empty());
  }

  /**
   * Opens the snapshot of an indexed folder that has this {@link #id}, such as one that an answer
   * quotes.
   *
   * @throws InvalidDataException if the folder keeps no such snapshot, naming those that it does,
   *     or as {@link #open(Path)}
   */
  public static KnowledgeBase open(Path indexFolder, String id) {
    requireNonNull(indexFolder, "indexFolder is null");
    requireNonNull(id, "id is null");
    return open(indexFolder, Optional.of(id));
  }

  /** Returns the ids of the snapshots that an indexed folder keeps, the newest first. */
  public static List<String> snapshots(Path indexFolder) {
    requireNonNull(indexFolder, "indexFolder is null");
    return inFolder(
        indexFolder, directory -> ClauseReader.snapshots(directory, indexFolder.toString()));
  }

  /**
   * Returns this knowledge base if its folder has no other newest snapshot, and else opens that
   * one. This one remains open, so that searches can end before it is closed. A knowledge base in
   * memory returns itself.
   */
  public KnowledgeBase newest() {
    String own = id();
    return folder.filter(path -> !own.equals(newestId(path))).map(KnowledgeBase::open).orElse(this);
  }

  /**
   * Finds the best passages for a query, best first; empty if no word of it occurs. Only the first
   * 400 different terms of a text are searched.
   */
  @Override
  public List<Passage> search(Query query) {
    requireNonNull(query, "query is null");
    return passages(ClauseQueries.words(query), query.limit());
  }

  /** Returns the clauses by their numbers in this snapshot. */
  NumberedClauses numbered() {
    return numbered;
  }

  /**
   * Returns the clause with this id, such as {@code TS 38.331#5.3.3}, if there is one; of several
   * releases the newest.
   */
  public Optional<Clause> find(String id) {
    requireNonNull(id, "id is null");
    return passages(ClauseQueries.is(ClauseIndex.ID, id), 1).stream()
        .map(Passage::clause)
        .findFirst();
  }

  /**
   * Returns the clauses around a clause in the order of its document, which is that of their
   * numbers: up to {@code count} before it and as many after it; none if it is not in this
   * knowledge base. Clauses without a number come first, as they were added.
   *
   * @param count 1 to 1,000
   */
  public List<Clause> neighbours(Clause clause, int count) {
    requireNonNull(clause, "clause is null");
    checkArgument(
        count >= 1 && count <= Query.MAX_LIMIT,
        "count is %s, expected 1 to %s",
        count,
        Query.MAX_LIMIT);
    return navigation.neighbours(clause, count);
  }

  /** Returns the nearest clause above a clause by its number, in the same document. */
  public Optional<Clause> parent(Clause clause) {
    requireNonNull(clause, "clause is null");
    return navigation.parent(clause);
  }

  /** Returns the clauses whose {@link #parent} this is, in the order of the document. */
  public List<Clause> children(Clause clause) {
    requireNonNull(clause, "clause is null");
    return navigation.children(clause);
  }

  /**
   * Returns the clauses that the text of a clause points at, as in "see clause 5.6.1 of TS 23.501";
   * of several editions of a document the one of the same release, or else the newest. A clause in
   * parts is found with all of them.
   */
  public References references(Clause clause) {
    requireNonNull(clause, "clause is null");
    return navigation.references(clause);
  }

  /**
   * Returns what tells this knowledge base from others: a SHA-256 over all its clauses, as 64
   * hexadecimal digits in lower case. The same clauses have the same id in memory and in a folder.
   */
  @Override
  public String id() {
    return reader.id();
  }

  /** Returns whether it holds a clause of a specification, such as {@code TS 38.331}. */
  public boolean hasSpec(String spec) {
    requireNonNull(spec, "spec is null");
    return holds(is(ClauseIndex.SPEC, Specs.normal(spec)));
  }

  /**
   * Returns whether it holds a clause below this one, such as 5.6.1 for 5.6. The clause itself may
   * be a heading without a text, which is not held.
   */
  public boolean hasClauseBelow(String spec, String clause) {
    requireNonNull(spec, "spec is null");
    requireNonNull(clause, "clause is null");
    return holds(
        all(
            is(ClauseIndex.SPEC, Specs.normal(spec)),
            is(ClauseIndex.ABOVE, clause.toLowerCase(Locale.ROOT))));
  }

  private boolean holds(org.apache.lucene.search.Query query) {
    return reader.read(searcher -> searcher.count(query) > 0);
  }

  /** Returns the number of clauses it holds. */
  public int size() {
    return reader.read(searcher -> searcher.getIndexReader().numDocs());
  }

  /** Frees memory and files; a second call does nothing. */
  @Override
  public void close() {
    reader.close();
  }

  private List<Passage> passages(org.apache.lucene.search.Query query, int limit) {
    return reader.read(
        searcher -> {
          ScoreDoc[] hits = searcher.search(query, limit, BY_SCORE_THEN_ID).scoreDocs;
          List<Passage> passages = new ArrayList<>(hits.length);
          for (ScoreDoc hit : hits) {
            // a sorted search leaves the document's score unset; the first sort key has it
            double score = (Float) ((FieldDoc) hit).fields[0];
            Clause clause = ClauseIndex.clause(searcher.storedFields().document(hit.doc));
            passages.add(new Passage(clause, score, passages.size() + 1));
          }
          return List.copyOf(passages);
        });
  }

  private static KnowledgeBase inMemory(IndexFolder.Clauses clauses, String name) {
    Directory directory = new ByteBuffersDirectory();
    IndexFolder.fill(directory, name, clauses);
    return new KnowledgeBase(
        ClauseReader.open(directory, Optional.empty(), name), Optional.empty());
  }

  private static KnowledgeBase open(Path folder, Optional<String> id) {
    Directory directory = directory(folder);
    return new KnowledgeBase(
        ClauseReader.open(directory, id, folder.toString()), Optional.of(folder));
  }

  private static String newestId(Path folder) {
    return inFolder(folder, directory -> ClauseReader.newestId(directory, folder.toString()));
  }

  private static <T> T inFolder(Path folder, Function<Directory, T> reading) {
    Directory directory = directory(folder);
    try {
      return reading.apply(directory);
    } finally {
      IOUtils.closeWhileHandlingException(directory);
    }
  }

  private static Directory directory(Path folder) {
    if (!Files.isDirectory(folder)) {
      throw new InvalidDataException(
          folder
              + (Files.exists(folder) ? ": not a folder" : ": no such folder")
              + ", expected an index of clauses");
    }
    try {
      return new CheckedDirectory(folder);
    } catch (IOException e) {
      throw new InvalidDataException(folder + ": cannot be opened: " + e, e);
    }
  }
}
