package io.telecomllm.knowledge;

import static com.google.common.base.Preconditions.checkArgument;

import io.telecomllm.StorageException;
import io.telecomllm.files.Disk;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import org.apache.lucene.store.Directory;
import org.apache.lucene.store.NIOFSDirectory;

/** Writes an index into a folder that appears only when it is complete and on disk. */
final class IndexFolder {
  private IndexFolder() {}

  static void write(ClauseIndex.Clauses clauses, Path folder) {
    Path target = folder.toAbsolutePath().normalize();
    Path parent = target.getParent();
    checkArgument(parent != null, "%s has no parent folder to prepare the index in", folder);
    checkArgument(
        !Files.exists(target, LinkOption.NOFOLLOW_LINKS),
        "%s exists already, expected the name of a new folder",
        folder);
    try {
      Files.createDirectories(parent);
      // in the same folder, since a move between file systems is not atomic
      Path draft =
          Files.createDirectory(
              target.resolveSibling(target.getFileName() + Disk.temporarySuffix("tmp")));
      try {
        fill(draft, clauses);
        Files.move(draft, target, StandardCopyOption.ATOMIC_MOVE);
        Disk.forceParent(target);
      } finally {
        if (Files.exists(draft)) {
          Disk.REAL.deleteTree(draft);
        }
      }
    } catch (IOException e) {
      throw new StorageException(folder + ": the index cannot be written: " + e, e);
    }
  }

  private static void fill(Path draft, ClauseIndex.Clauses clauses) throws IOException {
    try (Directory directory = new NIOFSDirectory(draft)) {
      ClauseIndex.write(directory, clauses);
    }
    Files.deleteIfExists(draft.resolve(org.apache.lucene.index.IndexWriter.WRITE_LOCK_NAME));
  }
}
