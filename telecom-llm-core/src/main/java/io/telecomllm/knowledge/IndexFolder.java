package io.telecomllm.knowledge;

import static com.google.common.base.Preconditions.checkArgument;

import io.telecomllm.StorageException;
import io.telecomllm.files.Disk;
import io.telecomllm.knowledge.ClauseWriter.Change;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.function.Consumer;
import org.apache.lucene.store.Directory;

/** Writes an index into a folder that appears only when it is complete and on disk. */
final class IndexFolder {
  private IndexFolder() {}

  /** A source of clauses, which are read one by one. */
  interface Clauses {
    void forEach(Consumer<Clause> receiver);
  }

  /** Writes all clauses into a new folder, as one snapshot. */
  static void write(Clauses clauses, Path folder) {
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

  private static void fill(Path draft, Clauses clauses) throws IOException {
    try (Directory directory = new CheckedDirectory(draft)) {
      fill(directory, draft.toString(), clauses);
    }
  }

  /** Writes all clauses into an empty directory, as one snapshot; refuses a repeated edition. */
  static void fill(Directory directory, String name, Clauses clauses) {
    try (ClauseWriter writer = new ClauseWriter(directory, name, 1)) {
      clauses.forEach(
          clause ->
              checkArgument(
                  writer.put(clause) == Change.ADDED, "two clauses are %s", clause.edition()));
      writer.commit();
    }
  }
}
