package io.telecomllm.hub;

import io.telecomllm.StorageException;
import io.telecomllm.files.AtomicFiles;
import io.telecomllm.files.Disk;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Optional;

/**
 * One repository's folder in a Hugging Face cache, with huggingface_hub's layout: {@code
 * blobs/ETAG} are contents, {@code refs/REVISION} holds a commit, and {@code snapshots/COMMIT/FILE}
 * is a relative link to a blob.
 */
final class HubCache {
  /** Creates a link; fails on file systems without links. */
  @FunctionalInterface
  interface Linker {
    void link(Path link, Path target) throws IOException;
  }

  private final Path hub;
  private final Path folder;
  private final Linker linker;

  HubCache(Path hub, String repository, Linker linker) {
    this.hub = hub;
    this.folder = hub.resolve(Names.folder(repository));
    this.linker = linker;
  }

  Path folder() {
    return folder;
  }

  Path blob(RepositoryFile file) {
    return folder.resolve("blobs").resolve(file.etag());
  }

  Path partial(RepositoryFile file) {
    return folder.resolve("blobs").resolve(file.etag() + ".incomplete");
  }

  Path lock(RepositoryFile file) {
    return hub.resolve(".locks").resolve(folder.getFileName()).resolve(file.etag() + ".lock");
  }

  Path snapshot(String commit) {
    return folder.resolve("snapshots").resolve(commit);
  }

  Path ref(String revision) {
    return folder.resolve("refs").resolve(revision);
  }

  /** Returns the commit of a revision when it was last fetched. */
  Optional<String> commit(String revision) {
    if (Names.isCommit(revision)) {
      return Optional.of(revision);
    }
    Path ref = ref(revision);
    try {
      // longer than any commit, so not a ref
      if (!Files.isRegularFile(ref) || Files.size(ref) > 100) {
        return Optional.empty();
      }
      return Optional.of(Files.readString(ref).strip()).filter(Names::isCommit);
    } catch (IOException e) {
      throw new StorageException(ref + ": cannot be read: " + e, e);
    }
  }

  /** Returns whether the snapshot has the file, judged by its size and the name of its blob. */
  boolean holds(String commit, RepositoryFile file) {
    Path pointer = snapshot(commit).resolve(file.name());
    try {
      return Files.isRegularFile(pointer)
          && Files.size(pointer) == file.size()
          && (!Files.isSymbolicLink(pointer)
              || Files.readSymbolicLink(pointer).endsWith(file.etag()));
    } catch (IOException e) {
      throw new StorageException(pointer + ": cannot be read: " + e, e);
    }
  }

  /** Returns whether the content of a file is in the cache, judged by its size. */
  boolean hasBlob(RepositoryFile file) {
    return sizeOf(blob(file)) == file.size();
  }

  /** Returns the number of bytes that a download of the file would still add. */
  long missingBytes(RepositoryFile file) {
    long partial = sizeOf(partial(file));
    return hasBlob(file) ? 0 : file.size() - (partial > file.size() ? 0 : Math.max(0, partial));
  }

  private static long sizeOf(Path path) {
    try {
      return Files.isRegularFile(path) ? Files.size(path) : -1;
    } catch (IOException e) {
      throw new StorageException(path + ": cannot be read: " + e, e);
    }
  }

  void createFolders() {
    Disk.REAL.createFolders(folder.resolve("blobs"));
  }

  /** Refuses a download for which the disk has too little space. */
  void checkSpace(long needed) {
    Disk.requireRoom(folder, needed, "the download needs");
  }

  /**
   * Makes a file's blob appear in the snapshot.
   *
   * @param fresh whether the blob is new, so that no other snapshot can point at it
   */
  void point(String commit, RepositoryFile file, boolean fresh) {
    Path blob = blob(file);
    Path pointer = snapshot(commit).resolve(file.name());
    Path temporary = blob.resolveSibling(file.etag() + Disk.temporarySuffix("link"));
    try {
      Path parent = Files.createDirectories(pointer.resolveSibling(""));
      if (link(temporary, parent.relativize(blob))) {
        Files.move(temporary, pointer, StandardCopyOption.ATOMIC_MOVE);
      } else {
        // without links the snapshot holds the file itself, as with huggingface_hub
        if (!fresh) {
          Files.copy(blob, temporary);
        }
        Files.move(fresh ? blob : temporary, pointer, StandardCopyOption.ATOMIC_MOVE);
      }
      Disk.forceParent(pointer);
    } catch (IOException e) {
      throw new StorageException(pointer + ": cannot be linked to its blob: " + e, e);
    }
  }

  private boolean link(Path link, Path target) throws IOException {
    try {
      linker.link(link, target);
      return true;
    } catch (UnsupportedOperationException | FileSystemException e) {
      Files.deleteIfExists(link);
      return false;
    }
  }

  /** Records the commit of a revision. */
  void writeRef(String revision, String commit) {
    if (Names.isCommit(revision) || commit(revision).filter(commit::equals).isPresent()) {
      return;
    }
    Path ref = ref(revision);
    Disk.REAL.createFolders(ref.resolveSibling(""));
    AtomicFiles.write(ref, commit.getBytes(StandardCharsets.US_ASCII));
  }
}
