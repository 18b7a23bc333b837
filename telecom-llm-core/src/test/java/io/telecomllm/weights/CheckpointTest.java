package io.telecomllm.weights;

import static io.telecomllm.weights.SafetensorsBytes.entry;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.telecomllm.InvalidDataException;
import io.telecomllm.TelecomLlmException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Folders with one file, several files, and files that do not belong. */
class CheckpointTest {
  private static final String A = "model-00001-of-00002.safetensors";
  private static final String B = "model-00002-of-00002.safetensors";

  @TempDir Path folder;

  private Path write(String name, String tensor) {
    return SafetensorsBytes.write(
        folder.resolve(name),
        SafetensorsBytes.file(
            "{\"__metadata__\":{\"format\":\"pt\"}," + entry(tensor, "U8", "[4]", 0, 4) + "}", 4));
  }

  private Path index(String weightMap) throws IOException {
    return Files.writeString(
        folder.resolve(ShardedSafetensors.INDEX),
        "{\"metadata\":{\"total_size\":8,\"x\":[1]},\"weight_map\":" + weightMap + "}");
  }

  private void assertRefused(Path path, String message) {
    assertThatThrownBy(() -> Checkpoint.open(path))
        .isExactlyInstanceOf(InvalidDataException.class)
        .hasMessage(message);
  }

  @Test
  void opensShards() throws IOException {
    write(A, "a");
    write(B, "b");
    Path index = index("{\"b\":\"" + B + "\",\"a\":\"" + A + "\"}");
    for (Path path : new Path[] {folder, index}) {
      TensorSource source = Checkpoint.open(path);
      assertThat(source.path()).isEqualTo(index);
      assertThat(source.names()).containsExactly("a", "b");
      assertThat(((ShardedSafetensors) source).shards()).containsExactly(A, B);
      assertThat(source.metadata()).isEqualTo(Map.of("format", "pt", "total_size", "8"));
      ByteBuffer bytes = ByteBuffer.allocate(4);
      source.read("b", bytes);
      assertThat(bytes.array()).containsExactly(0, 1, 2, 3);
      assertThatThrownBy(() -> source.info("c"))
          .isInstanceOf(InvalidDataException.class)
          .hasMessage(index + ": no tensor c among 2");
      source.close();
      source.close();
      assertThatThrownBy(() -> source.read("b", ByteBuffer.allocate(4)))
          .isInstanceOf(TelecomLlmException.class)
          .hasMessage(folder.resolve(B) + ": tensor b read after close");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "../x.safetensors",
        "/x.safetensors",
        "sub/x.safetensors",
        "sub\\x.safetensors",
        "..safetensors",
        "x..safetensors",
        "C:x.safetensors",
        "x.bin",
        "x.safetensors\n",
        ""
      })
  void refusesShardsThatLeaveTheFolder(String name) throws IOException {
    String json = name.replace("\\", "\\\\").replace("\n", "\\n");
    Path index = index("{\"a\":\"" + json + "\"}");
    assertRefused(
        folder,
        index
            + ", field weight_map: \""
            + name.replace("\n", "?")
            + "\" is not the plain name of a safetensors file");
  }

  @Test
  void refusesLinksThatLeaveTheFolder(@TempDir Path elsewhere) throws IOException {
    Path outside = Files.move(write(A, "a"), elsewhere.resolve("secret.safetensors"));
    Path index = index("{\"a\":\"" + A + "\"}");
    Files.createSymbolicLink(folder.resolve(A), outside);
    assertRefused(folder, index + ", field weight_map: " + A + " is a link that leaves the folder");
    Files.delete(folder.resolve(A));
    write("real.safetensors", "a");
    Files.createSymbolicLink(folder.resolve(A), Path.of("real.safetensors"));
    try (TensorSource source = Checkpoint.open(folder)) {
      assertThat(source.names()).containsExactly("a");
    }
  }

  @Test
  void refusesAnIndexThatDisagrees() throws IOException {
    write(A, "a");
    write(B, "b");
    Path index = index("{\"a\":\"" + A + "\",\"b\":\"" + A + "\"}");
    assertMissing("b", index + ": tensor b is not in " + A);
    index("{\"a\":\"" + A + "\",\"b\":\"" + A + "\",\"c\":\"" + B + "\"}");
    assertMissing("b", index + ": tensor b is in " + B + ", the index says " + A);
    index("{\"a\":\"" + A + "\",\"c\":\"" + B + "\"}");
    assertMissing("b", index + ": tensor b is in " + B + ", the index does not list it");
    assertMissing("c", index + ": tensor c is not in " + B);
    index("{\"a\":\"" + A + "\",\"b\":\"missing.safetensors\"}");
    assertRefused(folder, folder.resolve("missing.safetensors") + ": no such file");
    index("{}");
    assertRefused(folder, index + ", field weight_map: names 0 files, 1 to 1000");
    index("{\"a\":1}");
    assertRefused(folder, index + ", field weight_map.a: expected a string, found 1");
    index("{\"a\":\"" + A + "\",\"a\":\"" + B + "\"}");
    assertThatThrownBy(() -> Checkpoint.open(folder))
        .hasMessageContaining("the key \"a\" appears twice");
  }

  /** The others can be read: checkpoints have leftovers that no layer needs. */
  private void assertMissing(String tensor, String message) {
    try (TensorSource source = Checkpoint.open(folder)) {
      assertThat(source.names()).containsExactly("a");
      assertThat(source.info("a").elements()).isEqualTo(4);
      assertThatThrownBy(() -> source.info(tensor))
          .isExactlyInstanceOf(InvalidDataException.class)
          .hasMessage(message);
    }
  }

  @Test
  void takesASingleFileFirstThenGguf() throws IOException {
    SafetensorsBytes.write(folder.resolve("x.gguf"), new GgufBytes().tensor("g", 0, 0, 1).file(4));
    try (TensorSource source = Checkpoint.open(folder)) {
      assertThat(source).isInstanceOf(GgufFile.class);
      assertThat(source.names()).containsExactly("g");
    }
    SafetensorsBytes.write(folder.resolve("y.gguf"), new GgufBytes().file(0));
    assertRefused(folder, folder + ": 2 GGUF files, name one: x.gguf, y.gguf");
    try (TensorSource source = Checkpoint.open(folder.resolve("y.gguf"))) {
      assertThat(source.names()).isEmpty();
    }
    Path single = write("model.safetensors", "s");
    for (Path path : new Path[] {folder, single}) {
      try (TensorSource source = Checkpoint.open(path)) {
        assertThat(source).isInstanceOf(SafetensorsFile.class);
        assertThat(source.names()).containsExactly("s");
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"pytorch_model.bin", "x.pt", "x.PTH", "x.ckpt", "x.pkl"})
  void refusesPickle(String name) throws IOException {
    Path pickle = Files.write(folder.resolve(name), new byte[] {(byte) 0x80, 2, '.'});
    String message =
        pickle + ": a pickle file is a program and is not read; convert to safetensors";
    assertRefused(pickle, message);
    assertRefused(folder, message);
  }

  @Test
  void refusesWhatItDoesNotKnow() throws IOException {
    Path missing = folder.resolve("missing");
    assertRefused(missing, missing + ": no such file or folder");
    assertRefused(
        folder,
        folder + ": holds no model.safetensors, no model.safetensors.index.json, no GGUF file");
    Path text = Files.writeString(folder.resolve("weights.txt"), "x");
    assertRefused(
        text,
        text + ": expected a name that ends in .safetensors, .safetensors.index.json or .gguf");
  }
}
