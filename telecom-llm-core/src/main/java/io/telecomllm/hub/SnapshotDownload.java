package io.telecomllm.hub;

import com.google.common.math.LongMath;
import io.telecomllm.files.LockFile;
import java.util.List;

/** Downloads files into one snapshot. For one thread. */
final class SnapshotDownload {
  private final Hub hub;
  private final HubCache cache;
  private final String repository;
  private final String commit;
  private final DownloadListener listener;

  SnapshotDownload(
      Hub hub, HubCache cache, String repository, String commit, DownloadListener listener) {
    this.hub = hub;
    this.cache = cache;
    this.repository = repository;
    this.commit = commit;
    this.listener = listener;
  }

  /** Downloads the files that are missing, after checking the disk's free space. */
  // the lock is held but not used
  @SuppressWarnings("try")
  void fetch(List<RepositoryFile> files) throws InterruptedException {
    List<RepositoryFile> absent = files.stream().filter(f -> !cache.holds(commit, f)).toList();
    if (absent.isEmpty()) {
      return;
    }
    cache.createFolders();
    cache.checkSpace(
        absent.stream().mapToLong(cache::missingBytes).reduce(0, LongMath::saturatedAdd));
    for (RepositoryFile file : absent) {
      try (LockFile lock = LockFile.await(cache.lock(file))) {
        // another thread or process may have downloaded it by now
        if (!cache.holds(commit, file)) {
          fetchLocked(file);
        }
      }
    }
  }

  private void fetchLocked(RepositoryFile file) throws InterruptedException {
    if (cache.hasBlob(file)) {
      cache.point(commit, file, false);
      return;
    }
    BlobDownload download = new BlobDownload(hub, repository, commit, file, listener);
    try (PartialFile partial = PartialFile.open(cache.partial(file), file)) {
      download.into(partial);
      partial.moveTo(cache.blob(file));
    }
    cache.point(commit, file, true);
    download.finished();
  }
}
