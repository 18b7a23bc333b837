package io.telecomllm.knowledge;

import com.google.common.hash.HashCode;
import com.google.common.hash.Hasher;
import com.google.common.hash.Hashing;
import io.telecomllm.InvalidDataException;
import io.telecomllm.StorageException;
import io.telecomllm.files.Disk;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.lucene.document.Document;
import org.apache.lucene.index.BinaryDocValues;
import org.apache.lucene.index.CorruptIndexException;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.DocValues;
import org.apache.lucene.index.IndexCommit;
import org.apache.lucene.index.IndexDeletionPolicy;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.IndexWriterConfig;
import org.apache.lucene.index.LeafReader;
import org.apache.lucene.index.LeafReaderContext;
import org.apache.lucene.index.NumericDocValues;
import org.apache.lucene.index.SerialMergeScheduler;
import org.apache.lucene.index.SortedDocValues;
import org.apache.lucene.index.Term;
import org.apache.lucene.index.TieredMergePolicy;
import org.apache.lucene.store.AlreadyClosedException;
import org.apache.lucene.store.Directory;
import org.apache.lucene.util.BytesRef;

/**
 * Adds, replaces and removes the clauses of an index, and commits snapshots of it. What is known of
 * each clause in memory is its edition, document and digest, not its text. Not safe for use by
 * several threads; at most one may be open in a directory.
 */
final class ClauseWriter implements AutoCloseable {
  private final String name;
  private final IndexWriter writer;
  private final Map<String, Entry> clauses = new HashMap<>();
  private long sequence;
  private boolean changed;

  /** What became of a clause. */
  enum Change {
    ADDED,
    REPLACED,
    UNCHANGED
  }

  private record Entry(String document, String digest, long sequence) {}

  private interface Writing<T> {
    T write() throws IOException;
  }

  /**
   * Opens the newest snapshot in a directory, or begins an empty one.
   *
   * @param name the directory's in errors
   * @param snapshots the number of snapshots to keep
   */
  ClauseWriter(Directory directory, String name, int snapshots) {
    this.name = name;
    this.writer =
        writing(
            () -> {
              changed = !DirectoryReader.indexExists(directory);
              if (!changed) {
                ClauseReader.intact(name, () -> load(directory));
              }
              return new IndexWriter(directory, config(snapshots));
            });
  }

  private static IndexWriterConfig config(int snapshots) {
    // all deleted documents are merged away on commit: BM25 would still count their words
    TieredMergePolicy merges = new TieredMergePolicy().setForceMergeDeletesPctAllowed(0);
    return new IndexWriterConfig()
        .setSimilarity(ClauseIndex.BM25)
        .setMergePolicy(merges)
        .setMergeScheduler(new SerialMergeScheduler())
        .setIndexDeletionPolicy(new Newest(snapshots))
        .setCommitOnClose(false);
  }

  private int load(Directory directory) throws IOException {
    ClauseReader.newestId(directory, name); // refuses another format
    try (DirectoryReader reader = DirectoryReader.open(directory)) {
      for (LeafReaderContext leaf : reader.leaves()) {
        load(leaf.reader());
      }
      return reader.numDocs();
    }
  }

  private void load(LeafReader reader) throws IOException {
    SortedDocValues editions = DocValues.getSorted(reader, ClauseIndex.EDITION);
    SortedDocValues documents = DocValues.getSorted(reader, ClauseIndex.DOCUMENT);
    BinaryDocValues digests = DocValues.getBinary(reader, ClauseIndex.DIGEST);
    NumericDocValues sequences = DocValues.getNumeric(reader, ClauseIndex.SEQUENCE);
    while (editions.nextDoc() != SortedDocValues.NO_MORE_DOCS) {
      int document = editions.docID();
      documents.advanceExact(document);
      digests.advanceExact(document);
      sequences.advanceExact(document);
      byte[] digest = BytesRef.deepCopyOf(digests.binaryValue()).bytes;
      clauses.put(
          editions.lookupOrd(editions.ordValue()).utf8ToString(),
          new Entry(
              documents.lookupOrd(documents.ordValue()).utf8ToString(),
              HashCode.fromBytes(digest).toString(),
              sequences.longValue()));
      sequence = Math.max(sequence, sequences.longValue() + 1);
    }
  }

  /** Returns the number of clauses. */
  int size() {
    return clauses.size();
  }

  /** Adds a clause, or replaces that of the same edition if anything of it differs. */
  Change put(Clause clause) {
    String edition = clause.edition();
    String digest = clause.digest();
    Entry earlier = clauses.get(edition);
    if (earlier != null && earlier.digest().equals(digest)) {
      return Change.UNCHANGED;
    }
    Entry entry =
        new Entry(clause.document(), digest, earlier == null ? sequence++ : earlier.sequence());
    Document document = ClauseIndex.document(clause, digest, entry.sequence());
    changed = true;
    writing(
        () ->
            earlier == null
                ? writer.addDocument(document)
                : writer.updateDocument(new Term(ClauseIndex.EDITION, edition), document));
    clauses.put(edition, entry);
    return earlier == null ? Change.ADDED : Change.REPLACED;
  }

  /** Removes the clause of an edition, and returns whether there was one. */
  boolean remove(String edition) {
    boolean there = clauses.remove(edition) != null;
    if (there) {
      changed = true;
      writing(() -> writer.deleteDocuments(new Term(ClauseIndex.EDITION, edition)));
    }
    return there;
  }

  /** Removes the clauses of a document in all its releases, and returns their number. */
  int removeDocument(String spec, String version) {
    String document = String.join("\u0000", spec, version, "");
    List<String> editions =
        clauses.entrySet().stream()
            .filter(clause -> clause.getValue().document().startsWith(document))
            .map(Map.Entry::getKey)
            .toList();
    editions.forEach(this::remove);
    return editions.size();
  }

  /** Makes all changes the newest snapshot, if there are any, and returns its id. */
  String commit() {
    String id = id();
    if (changed) {
      writing(
          () -> {
            writer.forceMergeDeletes();
            writer.setLiveCommitData(
                Map.of(ClauseIndex.FORMAT_KEY, ClauseIndex.FORMAT, ClauseIndex.ID_KEY, id)
                    .entrySet());
            return writer.commit();
          });
      changed = false;
    }
    return id;
  }

  /** Returns the id of these clauses, which does not depend on their order. */
  private String id() {
    Hasher all = Hashing.sha256().newHasher();
    String separator = "";
    for (String digest : clauses.values().stream().map(Entry::digest).sorted().toList()) {
      all.putString(separator, StandardCharsets.UTF_8).putString(digest, StandardCharsets.UTF_8);
      separator = "\n";
    }
    return all.hash().toString();
  }

  /** Drops what was not committed. */
  @Override
  public void close() {
    writing(
        () -> {
          writer.close();
          return writer;
        });
  }

  private <T> T writing(Writing<T> writing) {
    // an interrupt would close the files that are being written
    return Disk.uninterrupted(
        () -> {
          try {
            return writing.write();
          } catch (CorruptIndexException e) {
            throw new InvalidDataException(name + ": damaged: " + e.getMessage(), e);
          } catch (IOException | AlreadyClosedException e) {
            throw new StorageException(name + ": the index cannot be written: " + e, e);
          }
        });
  }

  /** Keeps the newest snapshots. */
  private static final class Newest extends IndexDeletionPolicy {
    private final int kept;

    Newest(int kept) {
      this.kept = kept;
    }

    @Override
    public void onInit(List<? extends IndexCommit> commits) {
      onCommit(commits);
    }

    @Override
    public void onCommit(List<? extends IndexCommit> commits) {
      // the oldest comes first
      commits.subList(0, Math.max(0, commits.size() - kept)).forEach(IndexCommit::delete);
    }
  }
}
