package io.telecomllm.files;

import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.List;

/** The operations on a disk, so that a test can make each of them fail. */
public interface FileOperations {
  /** What lies under a path; links are not followed. */
  enum Kind {
    /** A regular file. */
    FILE,
    /** A folder. */
    FOLDER,
    /** A link or a device. */
    OTHER,
    /** There is nothing. */
    NOTHING
  }

  /** Those of the real disk. */
  static FileOperations real() {
    return new DiskOperations();
  }

  /** Opens a lock file for writing, and creates it where there is none. */
  FileChannel openLock(Path file) throws IOException;

  /** Creates a folder and those above it where there are none, and says its real path. */
  Path createFolders(Path folder) throws IOException;

  /** Creates a folder that is not there. */
  void createFolder(Path folder) throws IOException;

  /** What lies under a path; a link is OTHER. */
  Kind kind(Path path) throws IOException;

  /** What a folder holds, in the order of the names. */
  List<Path> list(Path folder) throws IOException;

  /** Lets a writer write to a path. */
  void write(Path path, ContentWriter content) throws IOException;

  /** Opens a file for reading; a link is refused. */
  InputStream read(Path file) throws IOException;

  /** Waits until a file's bytes, or a folder's names, are on the disk. */
  void force(Path path) throws IOException;

  /** Cuts a file to its first bytes in one step. */
  void truncate(Path file, long bytes) throws IOException;

  /** Renames in one step; the target is not there. */
  void rename(Path from, Path to) throws IOException;

  /** Deletes a file, a link or an empty folder. */
  void delete(Path path) throws IOException;
}
