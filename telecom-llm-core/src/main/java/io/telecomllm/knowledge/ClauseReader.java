package io.telecomllm.knowledge;

import com.google.common.collect.Lists;
import io.telecomllm.IncompatibleException;
import io.telecomllm.InvalidDataException;
import io.telecomllm.StorageException;
import io.telecomllm.TelecomLlmException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.IndexCommit;
import org.apache.lucene.index.IndexNotFoundException;
import org.apache.lucene.index.SegmentInfos;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.store.Directory;
import org.apache.lucene.util.IOUtils;

/**
 * One snapshot of an index. Safe for use by several threads; what is running when another thread
 * closes it still completes.
 */
final class ClauseReader implements AutoCloseable {
  private final Directory directory;
  private final DirectoryReader reader;
  private final IndexSearcher searcher;
  private final String id;
  private final String name;
  private volatile boolean closed;

  private ClauseReader(Directory directory, DirectoryReader reader, String name)
      throws IOException {
    this.directory = directory;
    this.reader = reader;
    this.name = name;
    this.id = id(reader.getIndexCommit().getUserData(), name);
    this.searcher = new IndexSearcher(reader);
    searcher.setSimilarity(ClauseIndex.BM25);
    searcher.setQueryCache(null); // the default cache is shared by the whole JVM
  }

  /** A use of the index. */
  interface Reading<T> {
    T read(IndexSearcher searcher) throws IOException;
  }

  /** A use of a directory. */
  interface Opening<T> {
    T open() throws IOException;
  }

  /**
   * Opens a snapshot, or the newest if no id is given.
   *
   * @param directory closed with this reader, or at once if it cannot be opened
   * @param name the directory's in errors
   */
  static ClauseReader open(Directory directory, Optional<String> id, String name) {
    try {
      return intact(
          name,
          () -> {
            DirectoryReader reader =
                id.isEmpty()
                    ? DirectoryReader.open(directory)
                    : snapshot(directory, id.get(), name);
            try {
              return new ClauseReader(directory, reader, name);
            } catch (TelecomLlmException e) {
              IOUtils.closeWhileHandlingException(reader);
              throw e;
            }
          });
    } catch (TelecomLlmException e) {
      IOUtils.closeWhileHandlingException(directory);
      throw e;
    }
  }

  private static DirectoryReader snapshot(Directory directory, String id, String name)
      throws IOException {
    for (IndexCommit commit : Lists.reverse(DirectoryReader.listCommits(directory))) {
      if (id.equals(id(commit.getUserData(), name))) {
        try {
          return DirectoryReader.open(commit);
        } catch (IOException e) {
          // a writer may have dropped it just now
          if (Arrays.asList(directory.listAll()).contains(commit.getSegmentsFileName())) {
            throw e;
          }
        }
      }
    }
    throw new InvalidDataException(
        name + ": has no snapshot " + id + ", only " + snapshots(directory, name));
  }

  /** Returns the ids of the snapshots in a directory, the newest first. */
  static List<String> snapshots(Directory directory, String name) {
    return intact(
        name,
        () -> {
          List<String> ids = new ArrayList<>();
          for (IndexCommit commit : Lists.reverse(DirectoryReader.listCommits(directory))) {
            ids.add(id(commit.getUserData(), name));
          }
          return List.copyOf(ids);
        });
  }

  /** Returns the id of the newest snapshot in a directory. */
  static String newestId(Directory directory, String name) {
    return intact(name, () -> id(SegmentInfos.readLatestCommit(directory).getUserData(), name));
  }

  private static String id(Map<String, String> commit, String name) {
    String format = commit.get(ClauseIndex.FORMAT_KEY);
    if (!ClauseIndex.FORMAT.equals(format)) {
      throw new IncompatibleException(
          name
              + ": index format "
              + format
              + ", expected "
              + ClauseIndex.FORMAT
              + "; index it again");
    }
    return commit.getOrDefault(ClauseIndex.ID_KEY, "");
  }

  /** Reports what is no index, or a damaged one, as such. */
  static <T> T intact(String name, Opening<T> opening) {
    try {
      return opening.open();
    } catch (IndexNotFoundException e) {
      throw new InvalidDataException(
          name
              + ": holds no index of clauses; KnowledgeBase.index writes one,"
              + " KnowledgeBase.read reads JSON Lines without one",
          e);
    } catch (IOException | IllegalArgumentException | IllegalStateException e) {
      throw new InvalidDataException(
          name + ": damaged or not an index of clauses: " + e.getMessage(), e);
    }
  }

  /** Returns the id of the snapshot. */
  String id() {
    return read(open -> id);
  }

  /** Reads from the index. */
  <T> T read(Reading<T> reading) {
    // this reference keeps the reader's files open until the reading is over
    if (closed || !reader.tryIncRef()) {
      throw new IllegalStateException(name + ": the knowledge base is closed");
    }
    try {
      return reading.read(searcher);
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
}
