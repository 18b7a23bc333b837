package io.telecomllm.hub;

import io.telecomllm.files.http.RetryPolicy;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** What the tests of the store share. */
final class StoreTesting {
  /** Impatient: no test waits for a pause. */
  static final RetryPolicy FAST =
      new RetryPolicy(
          4,
          Duration.ofMillis(1),
          Duration.ofMillis(4),
          Duration.ofSeconds(5),
          Duration.ofSeconds(5));

  private StoreTesting() {}

  static ModelStore store(HubServer server, Path cache) {
    return ModelStore.fromEnvironment(
            Map.of("HF_HUB_CACHE", cache.toString(), "HF_HOME", cache.toString()))
        .endpoint(server.uri())
        .retries(FAST);
  }

  /** All files and links below a folder, by their relative paths. */
  static List<String> tree(Path folder) {
    if (!Files.exists(folder)) {
      return List.of();
    }
    try (Stream<Path> all = Files.walk(folder)) {
      return all.filter(path -> !Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS))
          .map(path -> folder.relativize(path).toString())
          .sorted()
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
