package io.telecomllm.knowledge;

import static com.google.common.base.Preconditions.checkArgument;
import static java.util.Objects.requireNonNull;

import io.telecomllm.InvalidDataException;
import io.telecomllm.StorageException;
import io.telecomllm.TelecomLlmException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.ObjIntConsumer;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.LeafReaderContext;
import org.apache.lucene.index.MultiBits;
import org.apache.lucene.index.StoredFields;
import org.apache.lucene.index.Term;
import org.apache.lucene.search.BooleanClause.Occur;
import org.apache.lucene.search.BooleanQuery;
import org.apache.lucene.search.BoostQuery;
import org.apache.lucene.search.ConstantScoreQuery;
import org.apache.lucene.search.DocIdSetIterator;
import org.apache.lucene.search.FieldDoc;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.ScoreDoc;
import org.apache.lucene.search.ScoreMode;
import org.apache.lucene.search.Scorer;
import org.apache.lucene.search.Sort;
import org.apache.lucene.search.SortField;
import org.apache.lucene.search.TermInSetQuery;
import org.apache.lucene.search.TermQuery;
import org.apache.lucene.search.Weight;
import org.apache.lucene.store.ByteBuffersDirectory;
import org.apache.lucene.store.Directory;
import org.apache.lucene.util.Bits;
import org.apache.lucene.util.BytesRef;
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
  /** The weight of a word in the heading, compared with one in the text. */
  static final float HEADING_BOOST = 2;

  /**
   * The score that a clause gets if its whole name is in the query: about that of one rare word.
   */
  static final float NAME_BONUS = 3;

  /** The score that a clause gets if the number of one above it is in the query. */
  static final float BELOW_BONUS = 1;

  /** The score that a clause gets if its release is mentioned in the query. */
  static final float RELEASE_BONUS = 3;

  // Lucene allows 1,024 clauses in a query, and a term takes two: heading and text
  private static final int MAX_TERMS = 400;
  private static final Sort BY_SCORE_THEN_ID =
      new Sort(
          SortField.FIELD_SCORE,
          new SortField(ClauseIndex.ID, SortField.Type.STRING),
          new SortField(ClauseIndex.RECENCY, SortField.Type.LONG, true));
  private static final RecordLines<Clause> FORMAT =
      new RecordLines<>(
          Set.of("spec", "clause", "text"),
          Set.of("version", "release", "title", "source", "sha256"),
          KnowledgeBase::clause,
          Clause::edition);

  private final Directory directory;
  private final DirectoryReader reader;
  private final IndexSearcher searcher;
  private final String name;
  private volatile boolean closed;

  private KnowledgeBase(Directory directory, String name) {
    this.directory = directory;
    this.name = name;
    this.reader = ClauseIndex.open(directory, name);
    this.searcher = new IndexSearcher(reader);
    searcher.setSimilarity(ClauseIndex.BM25);
    searcher.setQueryCache(null); // the default cache is shared by the whole JVM
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
    return inMemory(receiver -> FORMAT.read(jsonLines, receiver), jsonLines.toString());
  }

  /**
   * Reads clauses, in the form of {@link #read(Path)}, from a stream that the caller closes; {@code
   * name} is its name in errors.
   */
  public static KnowledgeBase read(InputStream jsonLines, String name) {
    requireNonNull(jsonLines, "jsonLines is null");
    requireNonNull(name, "name is null");
    return inMemory(receiver -> FORMAT.read(jsonLines, name, receiver), name);
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
    IndexFolder.write(receiver -> FORMAT.read(jsonLines, receiver), folder);
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
   * Opens an indexed folder, which {@link #index(Path, Path)} wrote. Every file is read once to
   * verify its checksum; the texts stay on disk.
   *
   * @throws InvalidDataException if the folder is not an index or is damaged
   */
  public static KnowledgeBase open(Path indexFolder) {
    requireNonNull(indexFolder, "indexFolder is null");
    if (!Files.isDirectory(indexFolder)) {
      throw new InvalidDataException(
          indexFolder
              + (Files.exists(indexFolder) ? ": not a folder" : ": no such folder")
              + ", expected an index of clauses");
    }
    try {
      if (!ClauseIndex.isIndex(indexFolder)) {
        throw new InvalidDataException(
            indexFolder
                + ": holds no index of clauses; KnowledgeBase.index writes one,"
                + " KnowledgeBase.read reads JSON Lines without one");
      }
      return opened(new ReadingDirectory(indexFolder), indexFolder.toString());
    } catch (IOException e) {
      throw new InvalidDataException(indexFolder + ": cannot be opened: " + e, e);
    }
  }

  /**
   * Finds the best passages for a query, best first; empty if no word of it occurs. Only the first
   * 400 different terms of a text are searched.
   */
  @Override
  public List<Passage> search(Query query) {
    requireNonNull(query, "query is null");
    return whileOpen(() -> passages(words(query), query.limit()));
  }

  /** Returns the numbers of the clauses that {@link #search} finds, see {@link #each}. */
  int[] ranked(Query query) {
    return whileOpen(
        () -> Arrays.stream(hits(words(query), query.limit())).mapToInt(hit -> hit.doc).toArray());
  }

  private static org.apache.lucene.search.Query words(Query query) {
    BooleanQuery.Builder words = new BooleanQuery.Builder();
    List<String> terms = Words.queryTerms(query.text()).stream().limit(MAX_TERMS).toList();
    for (String term : terms) {
      words.add(new TermQuery(new Term(ClauseIndex.TEXT, term)), Occur.SHOULD);
      TermQuery inHeading = new TermQuery(new Term(ClauseIndex.HEADING, term));
      words.add(new BoostQuery(inHeading, HEADING_BOOST), Occur.SHOULD);
    }
    words.add(oneOf(ClauseIndex.NAME, Words.namesIn(query.text()), NAME_BONUS), Occur.SHOULD);
    words.add(oneOf(ClauseIndex.ABOVE, ClauseNumbers.in(query.text()), BELOW_BONUS), Occur.SHOULD);
    BooleanQuery.Builder all = new BooleanQuery.Builder().add(words.build(), Occur.MUST);
    all.add(oneOf(ClauseIndex.RELEASE, Releases.in(query.text()), RELEASE_BONUS), Occur.SHOULD);
    filter(query).ifPresent(filter -> all.add(filter, Occur.FILTER));
    return all.build();
  }

  /** Returns what a clause must match to be searched at all; empty if every clause is. */
  private static Optional<org.apache.lucene.search.Query> filter(Query query) {
    if (query.release().isEmpty()) {
      return Optional.empty();
    }
    Set<String> releases = Set.of(Releases.normal(query.release()), "");
    return Optional.of(oneOf(ClauseIndex.RELEASE, releases, 1));
  }

  /**
   * Returns the numbers of the clauses that a query is limited to, as {@link #each} numbers them;
   * empty if it is limited to none.
   */
  Optional<BitSet> searched(Query query) {
    return filter(query).map(filter -> whileOpen(() -> matching(filter)));
  }

  private BitSet matching(org.apache.lucene.search.Query filter) throws IOException {
    BitSet numbers = new BitSet(reader.maxDoc());
    Weight weight =
        searcher.createWeight(searcher.rewrite(filter), ScoreMode.COMPLETE_NO_SCORES, 1);
    for (LeafReaderContext leaf : reader.leaves()) {
      Scorer scorer = weight.scorer(leaf);
      if (scorer != null) {
        DocIdSetIterator documents = scorer.iterator();
        int document = documents.nextDoc();
        while (document != DocIdSetIterator.NO_MORE_DOCS) {
          numbers.set(leaf.docBase + document);
          document = documents.nextDoc();
        }
      }
    }
    return numbers;
  }

  /** Passes every clause to the receiver, with its number in this base. */
  void each(ObjIntConsumer<Clause> receiver) {
    whileOpen(
        () -> {
          Bits live = MultiBits.getLiveDocs(reader);
          StoredFields stored = reader.storedFields();
          for (int number = 0; number < reader.maxDoc(); number++) {
            if (live == null || live.get(number)) {
              receiver.accept(ClauseIndex.clause(stored.document(number)), number);
            }
          }
          return reader;
        });
  }

  /** Returns the clause with this number, see {@link #each}. */
  Clause clause(int number) {
    return whileOpen(() -> ClauseIndex.clause(searcher.storedFields().document(number)));
  }

  /** Returns the number of clauses whose text has this term. */
  int clausesWith(String term) {
    return whileOpen(() -> reader.docFreq(new Term(ClauseIndex.TEXT, term)));
  }

  /**
   * Returns the clause with this id, such as {@code TS 38.331#5.3.3}, if there is one; of several
   * releases the newest.
   */
  public Optional<Clause> find(String id) {
    requireNonNull(id, "id is null");
    Term term = new Term(ClauseIndex.ID, id);
    return whileOpen(
        () -> passages(new TermQuery(term), 1).stream().map(Passage::clause).findFirst());
  }

  /**
   * Returns what tells this knowledge base from others: a SHA-256 over all its clauses, as 64
   * hexadecimal digits in lower case. The same clauses have the same id in memory and in a folder.
   */
  @Override
  public String id() {
    return whileOpen(() -> ClauseIndex.id(reader));
  }

  /** Returns the number of clauses it holds. */
  public int size() {
    return whileOpen(reader::numDocs);
  }

  /** Frees memory and files; a second call does nothing. */
  @Override
  public synchronized void close() {
    if (closed) {
      return;
    }
    closed = true;
    try {
      reader.close();
      directory.close();
    } catch (IOException e) {
      throw new StorageException(name + ": cannot be closed: " + e, e);
    }
  }

  private ScoreDoc[] hits(org.apache.lucene.search.Query query, int limit) throws IOException {
    return searcher.search(query, limit, BY_SCORE_THEN_ID, true).scoreDocs;
  }

  private List<Passage> passages(org.apache.lucene.search.Query query, int limit)
      throws IOException {
    ScoreDoc[] hits = hits(query, limit);
    List<Passage> passages = new ArrayList<>(hits.length);
    for (ScoreDoc hit : hits) {
      // a sorted search leaves the document's score unset; the first sort key has it
      double score = (Float) ((FieldDoc) hit).fields[0];
      Clause clause = ClauseIndex.clause(searcher.storedFields().document(hit.doc));
      passages.add(new Passage(clause, score, passages.size() + 1));
    }
    return List.copyOf(passages);
  }

  /** Returns a query that gives this score to a clause whose field has one of the values. */
  private static org.apache.lucene.search.Query oneOf(
      String field, Set<String> values, float score) {
    List<BytesRef> terms = values.stream().map(BytesRef::new).toList();
    return new BoostQuery(new ConstantScoreQuery(new TermInSetQuery(field, terms)), score);
  }

  private interface Reading<T> {
    T read() throws IOException;
  }

  private <T> T whileOpen(Reading<T> reading) {
    // this reference keeps the reader's files open until the search is over
    if (closed || !reader.tryIncRef()) {
      throw new IllegalStateException(name + ": the knowledge base is closed");
    }
    try {
      return reading.read();
    } catch (IOException e) {
      throw new StorageException(name + ": cannot be read: " + e, e);
    } finally {
      release();
    }
  }

  private void release() {
    try {
      reader.decRef();
    } catch (IOException e) {
      throw new StorageException(name + ": cannot be closed: " + e, e);
    }
  }

  private static Clause clause(Map<String, String> fields) {
    Clause clause =
        new Clause(
            fields.getOrDefault("spec", ""),
            fields.getOrDefault("version", ""),
            fields.getOrDefault("release", ""),
            fields.getOrDefault("clause", ""),
            fields.getOrDefault("title", ""),
            fields.getOrDefault("text", ""),
            fields.getOrDefault("source", ""));
    String expected = fields.getOrDefault("sha256", "");
    checkArgument(
        expected.isEmpty() || expected.equals(clause.sha256()),
        "sha256 of the text is %s, expected %s",
        clause.sha256(),
        expected);
    return clause;
  }

  private static KnowledgeBase inMemory(ClauseIndex.Clauses clauses, String name) {
    Directory directory = new ByteBuffersDirectory();
    try {
      ClauseIndex.write(directory, clauses);
    } catch (IOException e) {
      throw new StorageException(name + ": cannot be indexed: " + e, e);
    }
    return opened(directory, name);
  }

  private static KnowledgeBase opened(Directory directory, String name) {
    try {
      return new KnowledgeBase(directory, name);
    } catch (TelecomLlmException e) {
      IOUtils.closeWhileHandlingException(directory);
      throw e;
    }
  }
}
