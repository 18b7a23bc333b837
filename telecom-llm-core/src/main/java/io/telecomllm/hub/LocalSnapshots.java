package io.telecomllm.hub;

import io.telecomllm.TelecomLlmException;
import io.telecomllm.text.Quoted;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * The files of one repository at one revision that a cache already holds, whichever program
 * downloaded them.
 */
record LocalSnapshots(HubCache cache, String repository, String revision) {
  /** Returns the snapshot's folder if it is complete enough to be loaded. */
  Optional<Path> find() {
    return snapshot().filter(folder -> FileChoice.missing(folder).isEmpty());
  }

  /** Returns the path of a file in the snapshot, if it is there. */
  Optional<Path> find(String file) {
    return snapshot().map(folder -> folder.resolve(file)).filter(Files::isRegularFile);
  }

  /**
   * Returns the snapshot's folder.
   *
   * @throws TelecomLlmException naming what is missing, if it cannot be loaded
   */
  Path require() {
    Path folder = requireFolder();
    List<String> missing = FileChoice.missing(folder);
    if (!missing.isEmpty()) {
      throw absent(folder + " lacks " + Quoted.line(String.join(", ", missing), 300));
    }
    return folder;
  }

  /**
   * Returns the path of a file in the snapshot.
   *
   * @throws TelecomLlmException naming the path, if it is not there
   */
  Path require(String file) {
    Path path = requireFolder().resolve(file);
    if (!Files.isRegularFile(path)) {
      throw absent("there is no " + path);
    }
    return path;
  }

  private Optional<Path> snapshot() {
    return cache.commit(revision).map(cache::snapshot).filter(Files::isDirectory);
  }

  private Path requireFolder() {
    if (!Files.isDirectory(cache.folder())) {
      throw absent("there is no " + cache.folder());
    }
    Path folder =
        cache
            .commit(revision)
            .map(cache::snapshot)
            .orElseThrow(() -> absent("there is no " + cache.ref(revision)));
    if (!Files.isDirectory(folder)) {
      throw absent("there is no " + folder);
    }
    return folder;
  }

  private TelecomLlmException absent(String what) {
    return new TelecomLlmException(
        repository
            + " at "
            + revision
            + ": the store is offline and "
            + what
            + "; fetch it once online (HF_HUB_OFFLINE=0)");
  }
}
