package io.telecomllm.weights;

import static io.telecomllm.weights.SafetensorsBytes.entry;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.telecomllm.InvalidDataException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Shards that are links, as in a Hugging Face cache: into the repository's own blobs or refused.
 */
class HubCacheLinksTest {
  private static final String SHARD = "model-00001-of-00001.safetensors";
  private static final String BLOB = "ab".repeat(32);

  @TempDir Path hub;

  private Path repository;
  private Path snapshot;

  @BeforeEach
  void folders() throws IOException {
    repository = hub.resolve("models--owner--name");
    snapshot = snapshot(repository, "snapshots", "0".repeat(40));
  }

  private static Path snapshot(Path repository, String snapshots, String commit)
      throws IOException {
    Path folder = Files.createDirectories(repository.resolve(snapshots).resolve(commit));
    Files.createDirectories(repository.resolve("blobs"));
    Files.writeString(
        folder.resolve(ShardedSafetensors.INDEX), "{\"weight_map\":{\"a\":\"" + SHARD + "\"}}");
    return folder;
  }

  private static Path weights(Path file) throws IOException {
    Files.createDirectories(file.getParent());
    return SafetensorsBytes.write(
        file, SafetensorsBytes.file("{" + entry("a", "U8", "[4]", 0, 4) + "}", 4));
  }

  private static void assertRefused(Path folder) {
    assertThatThrownBy(() -> ShardedSafetensors.open(folder))
        .isExactlyInstanceOf(InvalidDataException.class)
        .hasMessage(
            folder.resolve(ShardedSafetensors.INDEX)
                + ", field weight_map: "
                + SHARD
                + " is a link that leaves the folder");
  }

  private static void assertOpens(Path folder) {
    try (TensorSource source = ShardedSafetensors.open(folder)) {
      assertThat(source.names()).containsExactly("a");
    }
  }

  @Test
  void opensALinkToABlobOfTheRepository() throws IOException {
    weights(repository.resolve("blobs").resolve(BLOB));
    Files.createSymbolicLink(snapshot.resolve(SHARD), Path.of("../../blobs/" + BLOB));
    assertOpens(snapshot);
    // a cache that is reached by a link
    Path alias = Files.createSymbolicLink(hub.resolve("alias"), repository);
    assertOpens(alias.resolve("snapshots").resolve("0".repeat(40)));
  }

  @Test
  void refusesALinkToAnywhereElse() throws IOException {
    Path[] elsewhere = {
      hub.resolve("secret"),
      hub.resolve("blobs").resolve(BLOB),
      hub.resolve("models--owner--other/blobs").resolve(BLOB),
      repository.resolve("secret"),
      repository.resolve("blobs/deeper").resolve(BLOB),
      repository.resolve("snapshots").resolve("1".repeat(40)).resolve(SHARD),
    };
    for (Path target : elsewhere) {
      weights(target);
      Path link = Files.createSymbolicLink(snapshot.resolve(SHARD), target);
      assertRefused(snapshot);
      Files.delete(link);
    }
  }

  @Test
  void refusesABlobThatIsALinkToElsewhere() throws IOException {
    Path secret = weights(hub.resolve("secret"));
    Files.createSymbolicLink(repository.resolve("blobs").resolve(BLOB), secret);
    Files.createSymbolicLink(snapshot.resolve(SHARD), Path.of("../../blobs/" + BLOB));
    assertRefused(snapshot);
  }

  @Test
  void refusesTheSameLinkInAnotherLayout() throws IOException {
    Path[] folders = {
      snapshot(hub.resolve("owner--name"), "snapshots", "0".repeat(40)),
      snapshot(repository, "other", "0".repeat(40)),
      snapshot(repository, "snapshots", "main"),
      snapshot(repository, "snapshots", "0".repeat(40) + "/sub"),
    };
    for (Path folder : folders) {
      Path root = folder.startsWith(repository) ? repository : hub.resolve("owner--name");
      Path blob = weights(root.resolve("blobs").resolve(BLOB));
      Files.createSymbolicLink(folder.resolve(SHARD), blob);
      assertRefused(folder);
    }
  }
}
