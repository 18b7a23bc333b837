package io.telecomllm.weights;

import static io.telecomllm.weights.SafetensorsBytes.entry;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.telecomllm.InvalidDataException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What CheckpointTest and HubCacheLinksTest leave over: indexes that lie about form and size. */
class ShardIndexHostileTest {
  private static final String RIGHT = "{\"a\": \"a.safetensors\"}";

  @TempDir Path folder;

  @BeforeEach
  void writeTheShard() {
    shard(folder.resolve("a.safetensors"));
  }

  private static void shard(Path file) {
    SafetensorsBytes.write(
        file, SafetensorsBytes.file("{" + entry("a", "U8", "[4]", 0, 4) + "}", 4));
  }

  private Path index(String json) throws IOException {
    return Files.writeString(folder.resolve(ShardedSafetensors.INDEX), json);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{} | , field weight_map: missing",
        "{\"weight_map\": null} | , field weight_map: is null",
        "{\"weight_map\": []} | , field weight_map: expected an object, found an array of 0",
        "{\"weight_map\": \"a.safetensors\"} | , field weight_map: expected an object, found \"a.safetensors\"",
        "{\"weight_map\": {\"a\": null}} | , field weight_map.a: expected a string, found null",
        "{\"weight_map\": {\"a\": {\"b\": 1}}} | , field weight_map.a: expected a string, found an object",
        "{\"weight_map\": {\"a\": [\"a.safetensors\"]}} | , field weight_map.a: expected a string, found an array of 1",
        "{\"weight_map\": {\"a\": \"/etc/a.safetensors\"}} | , field weight_map: \"/etc/a.safetensors\" is not the plain name of a safetensors file",
        "{\"weight_map\": {\"a\": \"..\\\\a.safetensors\"}} | , field weight_map: \"..\\a.safetensors\" is not the plain name of a safetensors file",
        "{\"weight_map\": {\"a\": \"a\\u0000.safetensors\"}} | , field weight_map: \"a?.safetensors\" is not the plain name of a safetensors file",
        "{\"weight_map\": {\"a\": \"a\\u007f.safetensors\"}} | , field weight_map: \"a?.safetensors\" is not the plain name of a safetensors file",
        "{\"weight_map\": {\"a\": \"adapter.bin\"}} | , field weight_map: \"adapter.bin\" is not the plain name of a safetensors file",
        "{\"metadata\": [], \"weight_map\": {\"a\": \"a.safetensors\"}} | , field metadata: expected an object, found an array of 0",
      })
  void theFormIsChecked(String json, String message) throws IOException {
    Path index = index(json);
    assertThatThrownBy(() -> ShardedSafetensors.open(folder))
        .isExactlyInstanceOf(InvalidDataException.class)
        .hasMessage(index + message);
  }

  /** The sizes that count are the shards' own. */
  @ParameterizedTest
  @ValueSource(
      strings = {"0", "-1", "1e300", "9223372036854775808", "\"many\"", "null", "[]", "{}", "true"})
  void aTotalSizeThatLiesChangesNothing(String size) throws IOException {
    index("{\"metadata\": {\"total_size\": " + size + "}, \"weight_map\": " + RIGHT + "}");
    try (ShardedSafetensors shards = ShardedSafetensors.open(folder)) {
      assertThat(shards.info("a").bytes()).isEqualTo(4);
    }
  }

  @Test
  void thousandsOfShardsAreRefusedBeforeOneIsOpened() throws IOException {
    String map =
        IntStream.range(0, 5_000)
            .mapToObj(i -> "\"t" + i + "\": \"s" + i + ".safetensors\"")
            .collect(Collectors.joining(", ", "{", "}"));
    Path index = index("{\"weight_map\": " + map + "}");
    assertThatThrownBy(() -> ShardedSafetensors.open(folder))
        .isExactlyInstanceOf(InvalidDataException.class)
        .hasMessage(index + ", field weight_map: names 5000 files, 1 to 1000");
  }

  @Test
  void folderAndIndexMayNotBeLinksToElsewhereInDisguise(@TempDir Path elsewhere)
      throws IOException {
    shard(elsewhere.resolve("b.safetensors"));
    Path index = index("{\"weight_map\": {\"a\": \"b.safetensors\"}}");
    Path link = folder.resolve("b.safetensors");
    Files.createSymbolicLink(folder.resolve("hop"), elsewhere.resolve("b.safetensors"));
    Files.createSymbolicLink(link, Path.of("hop"));
    assertThatThrownBy(() -> ShardedSafetensors.open(folder))
        .isExactlyInstanceOf(InvalidDataException.class)
        .hasMessage(index + ", field weight_map: b.safetensors is a link that leaves the folder");
    Files.delete(link);
    Files.createSymbolicLink(link, Path.of("b.safetensors"));
    assertThatThrownBy(() -> ShardedSafetensors.open(folder))
        .isExactlyInstanceOf(InvalidDataException.class)
        .hasMessageContaining("b.safetensors");
    Files.delete(link);
    Files.createDirectory(link);
    assertThatThrownBy(() -> ShardedSafetensors.open(folder))
        .isExactlyInstanceOf(InvalidDataException.class)
        .hasMessageContaining("b.safetensors");
  }
}
