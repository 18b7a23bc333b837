package io.telecomllm.hub;

import static io.telecomllm.hub.HubServer.COMMIT;
import static io.telecomllm.hub.HubServer.REPOSITORY;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.telecomllm.TelecomLlmException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A cache that someone else filled, offline, and one on a disk without links. */
class LocalSnapshotsTest {
  private static final byte[] WEIGHTS = HubServer.bytes(100, 1);

  @TempDir Path cache;

  private final HubServer server = new HubServer();
  private Path repository;
  private Path snapshot;

  @BeforeEach
  void name() {
    repository = cache.resolve("models--owner--name");
    snapshot = repository.resolve("snapshots").resolve(COMMIT);
  }

  @AfterEach
  void stop() {
    server.close();
  }

  private ModelStore store() {
    return StoreTesting.store(server, cache);
  }

  private void ref(String revision, String text) throws IOException {
    Path ref = repository.resolve("refs").resolve(revision);
    Files.createDirectories(ref.getParent());
    Files.writeString(ref, text);
  }

  private void assertAbsent(String revision, String what) {
    assertThatThrownBy(() -> store().offline(true).fetch(REPOSITORY, revision))
        .isInstanceOf(TelecomLlmException.class)
        .hasMessage(
            "owner/name at "
                + revision
                + ": the store is offline and "
                + what
                + "; fetch it once online (HF_HUB_OFFLINE=0)");
    assertThat(server.requests()).isEmpty();
  }

  @Test
  void offlineSaysWhatIsMissingAndWhere() throws IOException {
    assertAbsent("main", "there is no " + repository);
    Files.createDirectories(repository);
    assertAbsent("main", "there is no " + repository.resolve("refs/main"));
    assertAbsent(COMMIT, "there is no " + snapshot);
    ref("main", "../../../etc");
    assertAbsent("main", "there is no " + repository.resolve("refs/main"));
    ref("main", COMMIT);
    assertAbsent("main", "there is no " + snapshot);
    Files.createDirectories(snapshot);
    assertAbsent(
        "main", snapshot + " lacks config.json, model.safetensors or model.safetensors.index.json");
    Files.writeString(snapshot.resolve("config.json"), "{}");
    Files.writeString(
        snapshot.resolve("model.safetensors.index.json"),
        "{\"weight_map\":{\"a\":\"model-1.safetensors\",\"b\":\"model-2.safetensors\"}}");
    Files.writeString(snapshot.resolve("model-1.safetensors"), "x");
    // a link whose blob is gone counts as missing
    Files.createSymbolicLink(
        snapshot.resolve("model-2.safetensors"), Path.of("../../blobs/" + "0".repeat(64)));
    assertAbsent("main", snapshot + " lacks model-2.safetensors");
    Files.delete(snapshot.resolve("model-2.safetensors"));
    Files.writeString(snapshot.resolve("model-2.safetensors"), "x");
    assertThat(store().offline(true).fetch(REPOSITORY)).isEqualTo(snapshot);
    assertThatThrownBy(() -> store().offline(true).fetchFile(REPOSITORY, "main", "x.gguf"))
        .isInstanceOf(TelecomLlmException.class)
        .hasMessageContaining("offline and there is no " + snapshot.resolve("x.gguf"));
  }

  @Test
  void findsTheCommitOfEachRevision() throws IOException {
    ref("refs/pr/1", COMMIT + "\n");
    Files.createDirectories(snapshot);
    Files.writeString(snapshot.resolve("config.json"), "{}");
    Files.writeString(snapshot.resolve("model.safetensors"), "x");
    ModelStore alone = store().offline(true);
    assertThat(alone.fetch(REPOSITORY, "refs/pr/1")).isEqualTo(snapshot);
    assertThat(alone.revision("refs/pr/1").fetch(REPOSITORY)).isEqualTo(snapshot);
    assertThat(alone.fetch(REPOSITORY, COMMIT)).isEqualTo(snapshot);
    assertAbsent("main", "there is no " + repository.resolve("refs/main"));
  }

  @Test
  void anIncompleteSnapshotIsCompleted() throws IOException {
    server.small("config.json", "{}").large("model.safetensors", WEIGHTS);
    Files.createDirectories(snapshot);
    // of the wrong size, and a link to the blob of another commit
    Files.writeString(snapshot.resolve("config.json"), "{ }");
    Files.createDirectories(repository.resolve("blobs"));
    Files.write(repository.resolve("blobs").resolve("f".repeat(64)), new byte[100]);
    Files.createSymbolicLink(
        snapshot.resolve("model.safetensors"), Path.of("../../blobs/" + "f".repeat(64)));
    assertThat(store().fetch(REPOSITORY)).isEqualTo(snapshot);
    assertThat(snapshot.resolve("config.json")).hasContent("{}");
    assertThat(snapshot.resolve("model.safetensors")).hasBinaryContent(WEIGHTS);
    assertThat(repository.resolve("blobs").resolve("f".repeat(64))).exists();
  }

  @Test
  void aBlobThatIsThereIsLinked() throws IOException {
    server.small("config.json", "{}").large("model.safetensors", WEIGHTS);
    Files.createDirectories(repository.resolve("blobs"));
    Files.write(repository.resolve("blobs").resolve(HubServer.sha256(WEIGHTS)), WEIGHTS);
    assertThat(store().fetch(REPOSITORY).resolve("model.safetensors")).hasBinaryContent(WEIGHTS);
    assertThat(server.requests("model.safetensors")).isEmpty();
  }

  @Test
  void plainFilesWhereThereAreNoLinks() {
    server.small("config.json", "{}").large("model.safetensors", WEIGHTS);
    ModelStore plain =
        store()
            .linker(
                (link, target) -> {
                  throw new UnsupportedOperationException("no links");
                });
    plain.fetch(REPOSITORY);
    Path weights = snapshot.resolve("model.safetensors");
    assertThat(weights).isRegularFile().hasBinaryContent(WEIGHTS);
    assertThat(Files.isSymbolicLink(weights)).isFalse();
    assertThat(StoreTesting.tree(repository.resolve("blobs"))).isEmpty();
    int before = server.requests().size();
    plain.fetch(REPOSITORY);
    assertThat(server.requests()).hasSize(before + 1);
    assertThat(plain.offline(true).fetch(REPOSITORY)).isEqualTo(snapshot);
  }

  @Test
  void aBlobThatOthersUseIsCopiedWhereThereAreNoLinks() throws IOException {
    server.small("config.json", "{}").large("model.safetensors", WEIGHTS);
    Path blob = repository.resolve("blobs").resolve(HubServer.sha256(WEIGHTS));
    Files.createDirectories(blob.getParent());
    Files.write(blob, WEIGHTS);
    store()
        .linker(
            (link, target) -> {
              throw new java.nio.file.FileSystemException(link.toString(), null, "no privilege");
            })
        .fetch(REPOSITORY);
    assertThat(snapshot.resolve("model.safetensors")).hasBinaryContent(WEIGHTS);
    assertThat(blob).hasBinaryContent(WEIGHTS);
    assertThat(StoreTesting.tree(blob.getParent())).hasSize(1);
  }

  @Test
  void readsTheEnvironment() throws IOException {
    Path home = cache.resolve("home");
    ModelStore plain = ModelStore.fromEnvironment(Map.of("HOME", home.toString()));
    assertThat(plain.cache()).isEqualTo(home.resolve(".cache/huggingface/hub"));
    assertThat(plain).hasToString("ModelStore[" + plain.cache() + ", https://huggingface.co]");
    assertThat(
            ModelStore.fromEnvironment(Map.of("HOME", home.toString(), "XDG_CACHE_HOME", "/xdg")))
        .extracting(ModelStore::cache)
        .isEqualTo(Path.of("/xdg/huggingface/hub"));
    assertThat(
            ModelStore.fromEnvironment(Map.of("HOME", home.toString(), "HF_HOME", "~/hf")).cache())
        .isEqualTo(home.resolve("hf/hub"));
    assertThat(
            ModelStore.fromEnvironment(Map.of("HF_HOME", "/hf", "HF_HUB_CACHE", "/cache")).cache())
        .isEqualTo(Path.of("/cache"));
    Files.createDirectories(home);
    Files.writeString(home.resolve("token"), "hf_fromFile\n");
    Map<String, String> all =
        Map.of(
            "HF_HOME", home.toString(),
            "HF_ENDPOINT", "http://127.0.0.1:1/hf/",
            "HF_HUB_OFFLINE", "yes");
    assertThat(ModelStore.fromEnvironment(all))
        .hasToString(
            "ModelStore["
                + home.resolve("hub")
                + ", http://127.0.0.1:1/hf, with a token, offline]");
    assertThat(ModelStore.fromEnvironment(all).token("").offline(false))
        .hasToString("ModelStore[" + home.resolve("hub") + ", http://127.0.0.1:1/hf]");
  }

  @Test
  void sendsTheTokenOfTheFile() throws IOException {
    server.small("config.json", "{}").large("model.safetensors", WEIGHTS);
    Files.writeString(cache.resolve("token"), "hf_fromFile\n");
    store().fetch(REPOSITORY);
    assertThat(server.requests().get(0).header("authorization")).isEqualTo("Bearer hf_fromFile");
    ModelStore both =
        ModelStore.fromEnvironment(
            Map.of(
                "HF_HOME", cache.toString(),
                "HF_TOKEN", " hf_fromVariable ",
                "HF_ENDPOINT", server.uri().toString()));
    both.fetch(REPOSITORY);
    assertThat(server.requests().get(3).header("authorization"))
        .isEqualTo("Bearer hf_fromVariable");
  }

  @Test
  void refusesSettingsThatAreNone() {
    assertThatThrownBy(() -> store().token("a\r\nHost: b"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "the access token has 10 characters, must be 1 to 4096 printable ASCII ones without"
                + " spaces");
    for (String endpoint : new String[] {"ftp://x", "x", "http:///x", "https://u:secret@x/"}) {
      assertThatThrownBy(() -> ModelStore.fromEnvironment(Map.of("HF_ENDPOINT", endpoint)))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageMatching("endpoint is .*, must be http\\(s\\)://host\\[:port\\]\\[/path\\]")
          .hasMessageNotContaining("secret");
    }
    assertThatThrownBy(() -> store().revision("../x")).isInstanceOf(IllegalArgumentException.class);
  }
}
