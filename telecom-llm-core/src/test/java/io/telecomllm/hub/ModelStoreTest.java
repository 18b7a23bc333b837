package io.telecomllm.hub;

import static io.telecomllm.hub.HubServer.COMMIT;
import static io.telecomllm.hub.HubServer.REPOSITORY;
import static io.telecomllm.hub.HubServer.gitSha1;
import static io.telecomllm.hub.HubServer.sha256;
import static io.telecomllm.hub.StoreTesting.tree;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A hub that behaves: what is fetched, and how it lies on disk. */
class ModelStoreTest {
  private static final byte[] WEIGHTS = HubServer.bytes(600_000, 1);

  @TempDir Path cache;

  private final HubServer server = new HubServer();

  @AfterEach
  void stop() {
    server.close();
  }

  private ModelStore store() {
    return StoreTesting.store(server, cache);
  }

  private Path repository() {
    return cache.resolve("models--owner--name");
  }

  @Test
  void liesAsHuggingFaceHubLaysItOut() throws IOException {
    server.small("config.json", "{}").small("README.md", "#").large("model.safetensors", WEIGHTS);
    Path snapshot = store().fetch(REPOSITORY, "main");
    assertThat(snapshot).isEqualTo(repository().resolve("snapshots").resolve(COMMIT));
    String config = gitSha1("{}".getBytes(StandardCharsets.UTF_8));
    String weights = sha256(WEIGHTS);
    assertThat(tree(cache))
        .containsExactlyInAnyOrder(
            ".locks/models--owner--name/" + config + ".lock",
            ".locks/models--owner--name/" + weights + ".lock",
            "models--owner--name/blobs/" + config,
            "models--owner--name/blobs/" + weights,
            "models--owner--name/refs/main",
            "models--owner--name/snapshots/" + COMMIT + "/config.json",
            "models--owner--name/snapshots/" + COMMIT + "/model.safetensors");
    assertThat(Files.readString(repository().resolve("refs/main"))).isEqualTo(COMMIT);
    assertThat(Files.readSymbolicLink(snapshot.resolve("model.safetensors")))
        .isEqualTo(Path.of("../../blobs/" + weights));
    assertThat(snapshot.resolve("model.safetensors")).hasBinaryContent(WEIGHTS);
    assertThat(snapshot.resolve("config.json")).hasContent("{}");
  }

  @Test
  void fetchesOnce() {
    server.small("config.json", "{}").small("tokenizer.json", "{}");
    server.large("model.safetensors", WEIGHTS);
    Path first = store().fetch(REPOSITORY);
    int before = server.requests().size();
    assertThat(store().fetch(REPOSITORY)).isEqualTo(first);
    assertThat(server.requests()).hasSize(before + 1);
    // a commit never changes: nothing to ask
    assertThat(store().fetch(REPOSITORY, COMMIT)).isEqualTo(first);
    assertThat(store().offline(true).fetch(REPOSITORY)).isEqualTo(first);
    assertThat(server.requests()).hasSize(before + 1);
  }

  @Test
  void aNewCommitTakesOnlyWhatChanged() {
    server.small("config.json", "{}").large("model.safetensors", WEIGHTS);
    Path first = store().fetch(REPOSITORY);
    String next = COMMIT.replace('0', 'f');
    server.commit(next);
    server.small("config.json", "{\"a\":1}");
    Path second = store().fetch(REPOSITORY);
    assertThat(second.getFileName()).hasToString(next);
    assertThat(second.resolve("config.json")).hasContent("{\"a\":1}");
    assertThat(second.resolve("model.safetensors")).hasBinaryContent(WEIGHTS);
    assertThat(first.resolve("config.json")).hasContent("{}");
    assertThat(server.requests("model.safetensors")).hasSize(1);
    assertThat(repository().resolve("refs/main")).hasContent(next);
    assertThat(store().offline(true).fetch(REPOSITORY, COMMIT)).isEqualTo(first);
  }

  @Test
  void reportsProgress() {
    server.small("config.json", "{}").large("model.safetensors", WEIGHTS);
    List<DownloadProgress> seen = new ArrayList<>();
    store().listener(seen::add).fetch(REPOSITORY);
    List<DownloadProgress> weights =
        seen.stream().filter(progress -> progress.file().equals("model.safetensors")).toList();
    int total = WEIGHTS.length;
    assertThat(weights).hasSizeGreaterThanOrEqualTo(4);
    assertThat(weights.get(0))
        .isEqualTo(new DownloadProgress(REPOSITORY, "model.safetensors", 0, total, 0, false));
    assertThat(weights.get(weights.size() - 1))
        .isEqualTo(new DownloadProgress(REPOSITORY, "model.safetensors", total, total, 0, true));
    assertThat(weights).isSortedAccordingTo((a, b) -> Long.compare(a.done(), b.done()));
    assertThat(weights.stream().filter(DownloadProgress::finished)).hasSize(1);
    seen.clear();
    store().listener(seen::add).fetch(REPOSITORY);
    assertThat(seen).isEmpty();
  }
}
