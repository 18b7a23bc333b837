package io.telecomllm.weights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.telecomllm.StorageException;
import io.telecomllm.json.JsonView;
import io.telecomllm.json.StrictJson;
import io.telecomllm.tensor.DataType;
import io.telecomllm.weights.SafetensorsWriter.Tensor;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ShardedWriterTest {
  @TempDir Path folder;

  private static Tensor tensor(int size, int fill) {
    byte[] bytes = new byte[size];
    java.util.Arrays.fill(bytes, (byte) fill);
    return Tensor.of(DataType.UINT8, List.of((long) size), ByteBuffer.wrap(bytes));
  }

  private static Map<String, Tensor> tensors(int... sizes) {
    Map<String, Tensor> tensors = new LinkedHashMap<>();
    for (int i = 0; i < sizes.length; i++) {
      tensors.put("t" + i, tensor(sizes[i], i));
    }
    return tensors;
  }

  private List<String> files() {
    try (Stream<Path> list = Files.list(folder)) {
      return list.map(file -> file.getFileName().toString()).sorted().toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Property(tries = 100)
  void whatIsWrittenIsRead(
      @ForAll @Size(min = 1, max = 12) List<@IntRange(max = 40) Integer> sizes,
      @ForAll @IntRange(min = 1, max = 120) int shardBytes)
      throws IOException {
    Path target = Files.createTempDirectory("sharded");
    try {
      int[] array = sizes.stream().mapToInt(Integer::intValue).toArray();
      List<Path> written =
          ShardedWriter.write(target, tensors(array), Map.of("format", "pt"), shardBytes);
      try (TensorSource source = Checkpoint.open(target)) {
        assertThat(source.names()).hasSize(array.length);
        assertThat(source.metadata()).containsEntry("format", "pt");
        for (int i = 0; i < array.length; i++) {
          byte[] bytes = new byte[array[i]];
          source.read("t" + i, ByteBuffer.wrap(bytes));
          assertThat(bytes).containsOnly(array[i] == 0 ? new byte[0] : new byte[] {(byte) i});
        }
      }
      for (Path file : written) {
        try (TensorSource shard = SafetensorsFile.open(file)) {
          long bytes = shard.names().stream().mapToLong(name -> shard.info(name).bytes()).sum();
          assertThat(bytes <= shardBytes || shard.names().size() == 1 || zeros(shard) > 0).isTrue();
        }
      }
    } finally {
      for (Path file : list(target)) {
        Files.delete(file);
      }
      Files.delete(target);
    }
  }

  private static long zeros(TensorSource shard) {
    return shard.names().stream().filter(name -> shard.info(name).bytes() == 0).count();
  }

  private static List<Path> list(Path target) throws IOException {
    try (Stream<Path> list = Files.list(target)) {
      return list.toList();
    }
  }

  @Test
  void theIndexIsTheOneTransformersReads() {
    ShardedWriter.write(folder, tensors(10, 20, 30), Map.of(), 30);
    assertThat(files())
        .containsExactly(
            "model-00001-of-00002.safetensors",
            "model-00002-of-00002.safetensors",
            "model.safetensors.index.json");
    JsonView index = StrictJson.read(folder.resolve("model.safetensors.index.json"));
    assertThat(index.object("metadata").longInteger("total_size", 0, 100)).isEqualTo(60);
    assertThat(index.object("weight_map").stringMap())
        .isEqualTo(
            Map.of(
                "t0", "model-00001-of-00002.safetensors",
                "t1", "model-00001-of-00002.safetensors",
                "t2", "model-00002-of-00002.safetensors"));
  }

  @Test
  void aPackedWeightStaysWithItsScales() {
    Map<String, Tensor> tensors = new LinkedHashMap<>();
    tensors.put("a.weight", tensor(10, 1));
    tensors.put("b.weight", tensor(10, 2));
    tensors.put("a.weight.absmax", tensor(15, 3));
    tensors.put("a.weights", tensor(1, 4));
    tensors.put("b.weight.quant_state.bitsandbytes__nf4", tensor(3, 5));
    ShardedWriter.write(folder, tensors, Map.of(), 20);
    try (ShardedSafetensors source = ShardedSafetensors.open(folder)) {
      assertThat(source.names())
          .containsExactly(
              "a.weight",
              "a.weight.absmax",
              "a.weights",
              "b.weight",
              "b.weight.quant_state.bitsandbytes__nf4");
      assertThat(source.shards()).hasSize(2);
    }
  }

  @Test
  void tensorsAreMadeOneByOneInTheirTurn() {
    int[] made = {0};
    Map<String, Tensor> tensors = new LinkedHashMap<>();
    for (int i = 0; i < 5; i++) {
      int turn = i;
      tensors.put(
          "t" + i,
          new Tensor(
              DataType.UINT8,
              List.of(8L),
              () -> {
                assertThat(made[0]++).isEqualTo(turn);
                return ByteBuffer.allocate(8);
              }));
    }
    ShardedWriter.write(folder, tensors, Map.of(), 16);
    assertThat(made[0]).isEqualTo(5);
  }

  @Test
  void anOlderCheckpointIsReplacedWhole() throws IOException {
    Files.writeString(folder.resolve("tokenizer.json"), "{}");
    ShardedWriter.write(folder, tensors(8, 8, 8), Map.of(), 8);
    ShardedWriter.write(folder, tensors(8, 8), Map.of(), 8);
    assertThat(files())
        .containsExactly(
            "model-00001-of-00002.safetensors",
            "model-00002-of-00002.safetensors",
            "model.safetensors.index.json",
            "tokenizer.json");
    ShardedWriter.write(folder, tensors(8, 8), Map.of(), 16);
    assertThat(files()).containsExactly("model.safetensors", "tokenizer.json");
    ShardedWriter.write(folder, tensors(8, 8), Map.of(), 8);
    assertThat(files()).doesNotContain("model.safetensors").hasSize(4);
  }

  @Test
  void aFailureHalfwayLeavesNoMixture() {
    ShardedWriter.write(folder, tensors(8, 8), Map.of(), 8);
    Map<String, Tensor> failing = tensors(9, 9);
    failing.put(
        "t1",
        new Tensor(
            DataType.UINT8,
            List.of(9L),
            () -> {
              throw new IllegalStateException("no more");
            }));
    assertThatThrownBy(() -> ShardedWriter.write(folder, failing, Map.of(), 9))
        .hasMessage("no more");
    assertThat(files())
        .containsExactly("model-00001-of-00002.safetensors", "model-00002-of-00002.safetensors");
    assertThatThrownBy(() -> Checkpoint.open(folder)).hasMessageContaining("holds no model");
  }

  @Test
  void mistakesAndTheDisksRefusalsAreNamed() throws IOException {
    assertThatThrownBy(() -> ShardedWriter.write(folder, tensors(1), Map.of(), 0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("shardBytes is 0, must be positive");
    assertThatThrownBy(() -> ShardedWriter.write(folder, Map.of(), Map.of(), 1))
        .hasMessage("there are no tensors to write");
    int[] many = new int[1001];
    java.util.Arrays.fill(many, 1);
    assertThatThrownBy(() -> ShardedWriter.write(folder, tensors(many), Map.of(), 1))
        .hasMessage("shardBytes is 1, which makes 1001 files, at most 1000 can be read");
    Path file = Files.writeString(folder.resolve("file"), "x");
    assertThatThrownBy(() -> ShardedWriter.write(file.resolve("sub"), tensors(1), Map.of(), 1))
        .isInstanceOf(StorageException.class)
        .hasMessageContaining("the checkpoint cannot be written");
  }
}
