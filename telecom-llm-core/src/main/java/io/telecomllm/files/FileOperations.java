package io.telecomllm.files;

import io.telecomllm.Internal;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.List;

/** The operations on a disk, as an interface so that a test can make each of them fail. */
@Internal
public interface FileOperations {
  /** The kind of a path; links are not followed. */
  enum Kind {
    /** A regular file. */
    FILE,
    /** A folder. */
    FOLDER,
    /** A link or a device. */
    OTHER,
    /** Nothing exists under the path. */
    NOTHING
  }

  /** Returns the operations of the real disk. */
  static FileOperations real() {
    return new DiskOperations();
  }

  /** Opens a lock file for writing, creating it if there is none. */
  FileChannel openLock(Path file) throws IOException;

  /** Creates a folder and its parents if they do not exist, and returns its real path. */
  Path createFolders(Path folder) throws IOException;

  /** Creates a folder that does not exist. */
  void createFolder(Path folder) throws IOException;

  /** Returns the kind of a path; a link is OTHER. */
  Kind kind(Path path) throws IOException;

  /** Returns the entries of a folder, sorted by name. */
  List<Path> list(Path folder) throws IOException;

  /** Writes a file or a folder of files by a writer. */
  void write(Path path, ContentWriter content) throws IOException;

  /** Opens a file for reading; a link is refused. */
  InputStream read(Path file) throws IOException;

  /**
   * Opens a file to append to, creating it if there is none; an interrupt of the thread that writes
   * does not close it.
   */
  OutputStream append(Path file) throws IOException;

  /** Waits until a file's bytes, or a folder's names, are on the disk. */
  void force(Path path) throws IOException;

  /** Truncates a file to its first {@code bytes} bytes in one step. */
  void truncate(Path file, long bytes) throws IOException;

  /** Renames in one step; the target must not exist. */
  void rename(Path from, Path to) throws IOException;

  /** Deletes a file, a link or an empty folder. */
  void delete(Path path) throws IOException;
}
