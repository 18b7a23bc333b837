package io.telecomllm.knowledge;

import static com.google.common.base.Preconditions.checkArgument;

import com.google.common.hash.Hashing;
import io.telecomllm.IncompatibleException;
import io.telecomllm.InvalidDataException;
import io.telecomllm.StorageException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.apache.lucene.analysis.TokenStream;
import org.apache.lucene.analysis.tokenattributes.CharTermAttribute;
import org.apache.lucene.codecs.CodecUtil;
import org.apache.lucene.document.Document;
import org.apache.lucene.document.Field;
import org.apache.lucene.document.FieldType;
import org.apache.lucene.document.NumericDocValuesField;
import org.apache.lucene.document.SortedDocValuesField;
import org.apache.lucene.document.StoredField;
import org.apache.lucene.document.StringField;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.IndexFileNames;
import org.apache.lucene.index.IndexOptions;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.IndexWriterConfig;
import org.apache.lucene.index.SerialMergeScheduler;
import org.apache.lucene.search.similarities.BM25Similarity;
import org.apache.lucene.search.similarities.Similarity;
import org.apache.lucene.store.Directory;
import org.apache.lucene.store.IOContext;
import org.apache.lucene.store.IndexInput;
import org.apache.lucene.util.BytesRef;

/** Writes, verifies and reads a Lucene index of clauses. */
final class ClauseIndex {
  static final String ID = "id";
  static final String RELEASE = "release";
  static final String NAME = "name";

  /** The numbers of the clauses above this one. */
  static final String ABOVE = "above";

  /** The version, or else the release, as a number that grows. */
  static final String RECENCY = "recency";

  static final String HEADING = "heading";
  static final String TEXT = "text";

  /** BM25 as in Robertson and Zaragoza, "The Probabilistic Relevance Framework" (2009). */
  static final Similarity BM25 = new BM25Similarity(1.2f, 0.75f);

  // raised whenever fields or the cutting into terms change, since old terms would not match
  private static final String FORMAT_KEY = "telecomllm.format";
  private static final String FORMAT = "3";

  /** The key of {@link KnowledgeBase#id} in the index. */
  private static final String ID_KEY = "telecomllm.id";

  private static final FieldType TERMS = new FieldType();

  static {
    TERMS.setTokenized(true);
    TERMS.setIndexOptions(IndexOptions.DOCS_AND_FREQS);
    TERMS.freeze();
  }

  private ClauseIndex() {}

  /** A source of clauses, which are read one by one. */
  interface Clauses {
    void forEach(Consumer<Clause> receiver);
  }

  /** Writes all clauses as an index of one segment; refuses a repeated id. */
  static void write(Directory directory, Clauses clauses) throws IOException {
    IndexWriterConfig config =
        new IndexWriterConfig()
            .setOpenMode(IndexWriterConfig.OpenMode.CREATE)
            .setSimilarity(BM25)
            .setMergeScheduler(new SerialMergeScheduler())
            .setCommitOnClose(false);
    try (IndexWriter writer = new IndexWriter(directory, config)) {
      Set<String> ids = new HashSet<>();
      List<String> digests = new ArrayList<>();
      clauses.forEach(
          clause -> {
            checkArgument(ids.add(clause.edition()), "two clauses are %s", clause.edition());
            digests.add(clause.digest());
            add(writer, clause);
          });
      writer.forceMerge(1);
      writer.setLiveCommitData(Map.of(FORMAT_KEY, FORMAT, ID_KEY, id(digests)).entrySet());
      writer.commit();
    }
  }

  /** Returns the id of a knowledge base, which does not depend on the order of its clauses. */
  private static String id(List<String> digests) {
    String all = digests.stream().sorted().collect(Collectors.joining("\n"));
    return Hashing.sha256().hashString(all, StandardCharsets.UTF_8).toString();
  }

  /** Returns the id that {@link #write} stored in the index. */
  static String id(DirectoryReader reader) throws IOException {
    return String.valueOf(reader.getIndexCommit().getUserData().get(ID_KEY));
  }

  private static void add(IndexWriter writer, Clause clause) {
    try {
      writer.addDocument(document(clause));
    } catch (IOException e) {
      throw new StorageException("cannot index " + clause.id() + ": " + e, e);
    }
  }

  private static Document document(Clause clause) {
    Document document = new Document();
    document.add(new StringField(ID, clause.id(), Field.Store.NO));
    document.add(new SortedDocValuesField(ID, new BytesRef(clause.id())));
    document.add(new StringField(RELEASE, Releases.normal(clause.release()), Field.Store.NO));
    document.add(new StringField(NAME, Words.name(clause.clause()), Field.Store.NO));
    for (String above : ClauseNumbers.above(clause.clause())) {
      document.add(new StringField(ABOVE, above, Field.Store.NO));
    }
    document.add(new NumericDocValuesField(RECENCY, Releases.recency(clause)));
    document.add(new Field(HEADING, new Terms(Words.headingTerms(clause)), TERMS));
    document.add(new Field(TEXT, new Terms(Words.indexTerms(clause.text())), TERMS));
    document.add(new StoredField("spec", clause.spec()));
    document.add(new StoredField("version", clause.version()));
    document.add(new StoredField("release", clause.release()));
    document.add(new StoredField("clause", clause.clause()));
    document.add(new StoredField("title", clause.title()));
    document.add(new StoredField("text", clause.text()));
    document.add(new StoredField("source", clause.source()));
    return document;
  }

  /** Returns the clause stored by {@link #document}. */
  static Clause clause(Document document) {
    return new Clause(
        document.get("spec"),
        document.get("version"),
        document.get("release"),
        document.get("clause"),
        document.get("title"),
        document.get("text"),
        document.get("source"));
  }

  /** Returns whether a folder holds a Lucene index, whole or damaged. */
  static boolean isIndex(Path folder) throws IOException {
    String names = "{" + IndexFileNames.SEGMENTS + ",_}*";
    try (DirectoryStream<Path> files = Files.newDirectoryStream(folder, names)) {
      return files.iterator().hasNext();
    }
  }

  /** Opens an index after every file of it has passed its checksum. */
  static DirectoryReader open(Directory directory, String name) {
    try {
      // before Lucene parses anything: a damaged length must not become an allocation
      for (String file : directory.listAll()) {
        if (!file.equals(IndexWriter.WRITE_LOCK_NAME)) {
          try (IndexInput in = directory.openInput(file, IOContext.READONCE)) {
            CodecUtil.checksumEntireFile(in);
          }
        }
      }
      DirectoryReader reader = DirectoryReader.open(directory);
      String format = reader.getIndexCommit().getUserData().get(FORMAT_KEY);
      if (!FORMAT.equals(format)) {
        reader.close();
        throw new IncompatibleException(
            name + ": index format " + format + ", expected " + FORMAT + "; index it again");
      }
      return reader;
    } catch (IOException | IllegalArgumentException | IllegalStateException e) {
      throw new InvalidDataException(
          name + ": damaged or not an index of clauses: " + e.getMessage(), e);
    }
  }

  /**
   * Passes terms that are already cut to Lucene, so that index, query and citation use the same
   * cutter.
   */
  private static final class Terms extends TokenStream {
    private final CharTermAttribute attribute = addAttribute(CharTermAttribute.class);
    private final List<String> terms;
    private Iterator<String> next;

    Terms(List<String> terms) {
      this.terms = terms;
      this.next = terms.iterator();
    }

    @Override
    public boolean incrementToken() {
      if (!next.hasNext()) {
        return false;
      }
      clearAttributes();
      attribute.append(next.next());
      return true;
    }

    @Override
    public void reset() {
      next = terms.iterator();
    }
  }
}
