package io.telecomllm.knowledge;

import static com.google.common.base.Preconditions.checkArgument;
import static com.google.common.base.Preconditions.checkState;
import static java.util.Objects.requireNonNull;

import io.telecomllm.StorageException;
import io.telecomllm.files.Disk;
import io.telecomllm.files.LockFile;
import io.telecomllm.knowledge.WriteReport.Rejected;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.function.Consumer;
import org.apache.lucene.index.IndexFileNames;

/**
 * Writes the knowledge base of a folder in steps: clauses are put and removed, and a commit makes
 * the changes a snapshot, which readers can open. A process that is killed leaves the last one.
 *
 * <pre>{@code
 * try (KnowledgeBaseWriter writer = KnowledgeBaseWriter.open(folder)) {
 *   writer.putAll(clauses);
 *   String id = writer.commit();
 * }
 * }</pre>
 *
 * <p>A clause that is there already costs its digest. A commit that replaces or removes clauses
 * copies those that were added with them, since the ranking may not count words that are gone; so
 * commit many changes at once.
 *
 * <p>Safe for use by several threads. One writer at a time may have a folder open, and any number
 * of readers, which keep the snapshot that they have opened.
 */
public final class KnowledgeBaseWriter implements AutoCloseable {
  private static final String LOCK = "writer.lock";
  private static final int CLAUSES_PER_REPORT = 1_000;

  private final Path folder;
  private final WriterSettings settings;
  private final LockFile lock;
  private final CheckedDirectory directory;
  private final ClauseWriter writer;
  private final List<Rejected> rejected = new ArrayList<>();
  private int added;
  private int replaced;
  private int unchanged;
  private int removed;
  private boolean closed;

  private KnowledgeBaseWriter(Path folder, WriterSettings settings, LockFile lock)
      throws IOException {
    this.folder = folder;
    this.settings = settings;
    this.lock = lock;
    this.directory = new CheckedDirectory(folder);
    this.writer = new ClauseWriter(directory, folder.toString(), settings.snapshots());
  }

  /** Opens a folder with the defaults; see {@link #open(Path, WriterSettings)}. */
  public static KnowledgeBaseWriter open(Path folder) {
    return open(folder, WriterSettings.defaults());
  }

  /**
   * Opens the knowledge base of a folder, or begins one.
   *
   * @param folder an index of clauses, an empty folder, or one that does not exist
   * @throws io.telecomllm.BusyException if another writer of this or another process has it open
   * @throws io.telecomllm.InvalidDataException if the index is damaged; nothing is changed then
   * @throws io.telecomllm.IncompatibleException if it is of another version of the format
   * @throws StorageException naming the path, if the disk refuses
   */
  public static KnowledgeBaseWriter open(Path folder, WriterSettings settings) {
    requireNonNull(folder, "folder is null");
    requireNonNull(settings, "settings is null");
    Path real = Disk.REAL.createFolders(folder);
    // an index deletes what it takes for files of its own that were left over
    checkArgument(
        isForIndex(Disk.REAL.list(real)),
        "%s holds other files, expected an index of clauses or an empty folder",
        folder);
    LockFile lock = LockFile.take(real.resolve(LOCK), Disk.REAL, holder -> busy(folder, holder));
    try {
      return new KnowledgeBaseWriter(real, settings, lock);
    } catch (IOException e) {
      lock.closeAfter(e);
      throw new StorageException(folder + ": cannot be opened: " + e, e);
    } catch (RuntimeException | Error e) {
      lock.closeAfter(e);
      throw e;
    }
  }

  private static boolean isForIndex(List<Path> files) {
    List<String> names = files.stream().map(file -> file.getFileName().toString()).toList();
    return names.isEmpty()
        || names.contains(LOCK)
        || names.stream().anyMatch(name -> name.startsWith(IndexFileNames.SEGMENTS));
  }

  private static String busy(Path folder, String holder) {
    return folder + ": a knowledge base writer of " + holder + " has it open; close it or stop it";
  }

  /** Adds a clause, or replaces the one of the same {@link Clause#edition}. */
  public synchronized void put(Clause clause) {
    requireNonNull(clause, "clause is null");
    checkOpen();
    int clauses = added + replaced + unchanged;
    if (Thread.currentThread().isInterrupted() || settings.cancelWhen().getAsBoolean()) {
      throw new CancellationException(
          folder
              + ": writing was cancelled after "
              + clauses
              + " clauses; what was not committed is dropped when the writer is closed");
    }
    switch (writer.put(clause)) {
      case ADDED -> added++;
      case REPLACED -> replaced++;
      case UNCHANGED -> unchanged++;
    }
    if ((clauses + 1) % CLAUSES_PER_REPORT == 0) {
      settings.listener().accept(report());
    }
  }

  /**
   * Puts many clauses. If several are of one edition and differ, the first is put, and the others
   * are rejected.
   *
   * @throws CancellationException naming the number of clauses, if it is cancelled
   */
  public void putAll(Iterable<Clause> clauses) {
    requireNonNull(clauses, "clauses is null");
    clauses.forEach(once());
  }

  /**
   * Puts the clauses of a file in the form of {@link KnowledgeBase#read(Path)}.
   *
   * @throws io.telecomllm.InvalidDataException naming the first line that is anything else or
   *     repeats an edition; the clauses before it are put
   * @throws CancellationException naming the number of clauses, if it is cancelled
   */
  public void putAll(Path jsonLines) {
    requireNonNull(jsonLines, "jsonLines is null");
    ClauseLines.read(jsonLines, this::put);
  }

  private Consumer<Clause> once() {
    Map<String, String> digests = new HashMap<>();
    return clause -> {
      String digest = clause.digest();
      String first = digests.putIfAbsent(clause.edition(), digest);
      if (first == null) {
        put(clause);
      } else if (!first.equals(digest)) {
        reject(clause);
      }
    };
  }

  private synchronized void reject(Clause clause) {
    rejected.add(new Rejected(clause.edition(), "repeats an earlier one with other contents"));
  }

  /**
   * Removes the clause of an edition, such as {@code TS 38.331#5.3.3 (18.1.0, Release 18)}, and
   * returns whether there was one.
   */
  public synchronized boolean remove(String edition) {
    requireNonNull(edition, "edition is null");
    checkOpen();
    boolean there = writer.remove(edition);
    removed += there ? 1 : 0;
    return there;
  }

  /**
   * Removes the clauses of a document, and returns their number.
   *
   * @param spec the document as its clauses have it, such as {@code TS 38.331}
   * @param version its version as its clauses have it, such as {@code 18.1.0}, or empty
   */
  public synchronized int removeDocument(String spec, String version) {
    requireNonNull(spec, "spec is null");
    requireNonNull(version, "version is null");
    checkOpen();
    int count = writer.removeDocument(spec, version);
    removed += count;
    return count;
  }

  /**
   * Makes all changes a snapshot that is on disk, and returns its {@link KnowledgeBase#id}. Without
   * changes there is no new one. The oldest snapshots over the number to keep are deleted.
   */
  public synchronized String commit() {
    checkOpen();
    return writer.commit();
  }

  /** Returns what this writer has done since it was opened. */
  public synchronized WriteReport report() {
    return new WriteReport(added, replaced, unchanged, removed, rejected);
  }

  /** Drops what was not committed, and lets another writer open the folder. */
  @Override
  public synchronized void close() {
    if (closed) {
      return;
    }
    closed = true;
    try (lock;
        directory) {
      writer.close();
    } catch (IOException e) {
      throw new StorageException(folder + ": cannot be closed: " + e, e);
    }
  }

  private void checkOpen() {
    checkState(!closed, "%s: the knowledge base writer is closed", folder);
  }
}
