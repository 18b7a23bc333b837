package io.telecomllm.hub;

import static io.telecomllm.hub.HubServer.COMMIT;
import static io.telecomllm.hub.HubServer.REPOSITORY;
import static io.telecomllm.hub.StoreTesting.tree;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.telecomllm.InvalidDataException;
import io.telecomllm.TelecomLlmException;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which files are fetched, and which never. */
class FileChoiceTest {
  private static final byte[] WEIGHTS = HubServer.bytes(100, 1);

  @TempDir Path cache;

  private final HubServer server = new HubServer();

  @AfterEach
  void stop() {
    server.close();
  }

  private ModelStore store() {
    return StoreTesting.store(server, cache);
  }

  private HubServer weights(String... names) {
    for (String name : names) {
      server.large(name, WEIGHTS);
    }
    return server;
  }

  @Test
  void takesTheSingleFileAndWhatIsSmall() {
    weights("model.safetensors", "model-1.safetensors", "consolidated.safetensors");
    weights("pytorch_model.bin", "x.gguf", "onnx/model.safetensors", "tokenizer.model");
    server.small("config.json", "{}").small("tokenizer.json", "{}").small("merges.txt", "a b");
    server.small("vocab.txt", "a").small("chat_template.jinja", "{{ a }}").small("LICENSE", "x");
    server
        .small("notes.txt", "x")
        .small("modeling.py", "import os")
        .small("onnx/config.json", "{}");
    assertThat(tree(store().fetch(REPOSITORY)))
        .containsExactly(
            "chat_template.jinja",
            "config.json",
            "merges.txt",
            "model.safetensors",
            "tokenizer.json",
            "tokenizer.model",
            "vocab.txt");
    // equal contents are one blob
    assertThat(server.requests()).hasSize(6);
  }

  @Test
  void takesTheShardsOfTheIndexOnly() {
    weights("model-1.safetensors", "model-2.safetensors", "model-3.safetensors");
    weights("consolidated.00.safetensors");
    server.small("config.json", "{}");
    server.small(
        "model.safetensors.index.json",
        "{\"weight_map\":{\"a\":\"model-1.safetensors\",\"b\":\"model-3.safetensors\"}}");
    assertThat(tree(store().fetch(REPOSITORY)))
        .containsExactly(
            "config.json",
            "model-1.safetensors",
            "model-3.safetensors",
            "model.safetensors.index.json");
  }

  @Test
  void takesOtherSafetensorsWhereTheUsualOnesAreAbsent() {
    weights("adapter_model.safetensors", "consolidated.safetensors");
    server.small("adapter_config.json", "{}");
    Path snapshot = store().fetch(REPOSITORY);
    assertThat(tree(snapshot)).containsExactly("adapter_config.json", "adapter_model.safetensors");
    assertThat(store().offline(true).fetch(REPOSITORY)).isEqualTo(snapshot);
  }

  @Test
  void takesConsolidatedOnesWhereThereAreNoOthers() {
    weights("consolidated.safetensors");
    assertThat(tree(store().fetch(REPOSITORY))).containsExactly("consolidated.safetensors");
  }

  @Test
  void refusesPickle() {
    weights("pytorch_model.bin", "onnx/model.safetensors");
    server.small("config.json", "{}");
    String advice =
        "a pickle file is a program and is not fetched; convert it to safetensors, as"
            + " save_pretrained of transformers does";
    assertThatThrownBy(() -> store().fetch(REPOSITORY))
        .isInstanceOf(InvalidDataException.class)
        .hasMessage("owner/name: holds no safetensors, only pytorch_model.bin: " + advice);
    for (String name : new String[] {"x.bin", "x.PT", "x.pth", "x.ckpt", "a/x.pkl"}) {
      assertThatThrownBy(() -> store().fetchFile(REPOSITORY, "main", name))
          .isInstanceOf(InvalidDataException.class)
          .hasMessage(name + ": " + advice);
    }
    assertThat(server.requests()).hasSize(1);
    assertThat(tree(cache)).isEmpty();
  }

  @Test
  void refusesWhatHoldsNoWeights() {
    server.small("config.json", "{}");
    assertThatThrownBy(() -> store().fetch(REPOSITORY))
        .isInstanceOf(InvalidDataException.class)
        .hasMessage("owner/name: holds no safetensors");
    assertThatThrownBy(() -> store().fetchFile(REPOSITORY, "main", "modeling.py"))
        .isInstanceOf(InvalidDataException.class)
        .hasMessage(
            "modeling.py: only *.safetensors, *.gguf, *.json, *.jinja, tokenizer.model, merges.txt"
                + " and vocab.txt are fetched");
  }

  @Test
  void takesOneGgufFileByItsName() {
    weights("a-Q4_K_M.gguf", "b.gguf");
    server.small("config.json", "{}");
    assertThatThrownBy(() -> store().fetch(REPOSITORY))
        .isInstanceOf(InvalidDataException.class)
        .hasMessage(
            "owner/name: holds no safetensors; fetch one GGUF file by its name, as a-Q4_K_M.gguf");
    Path file = store().fetchFile(REPOSITORY, "main", "b.gguf");
    assertThat(file).hasBinaryContent(WEIGHTS);
    assertThat(tree(cache.resolve("models--owner--name/snapshots")))
        .containsExactly(COMMIT + "/b.gguf");
    assertThat(store().offline(true).fetchFile(REPOSITORY, "main", "b.gguf")).isEqualTo(file);
    int before = server.requests().size();
    assertThat(store().fetchFile(REPOSITORY, COMMIT, "b.gguf")).isEqualTo(file);
    assertThat(server.requests()).hasSize(before);
    assertThatThrownBy(() -> store().fetchFile(REPOSITORY, "main", "c.gguf"))
        .isInstanceOf(TelecomLlmException.class)
        .hasMessage("owner/name at main: holds no file c.gguf; check the spelling");
  }

  @Test
  void aFileInAFolder() {
    weights("sub/dir/x.safetensors");
    Path file = store().fetchFile(REPOSITORY, "main", "sub/dir/x.safetensors");
    assertThat(file).hasBinaryContent(WEIGHTS).isSymbolicLink();
    assertThat(file).endsWithRaw(Path.of(COMMIT, "sub/dir/x.safetensors"));
  }
}
