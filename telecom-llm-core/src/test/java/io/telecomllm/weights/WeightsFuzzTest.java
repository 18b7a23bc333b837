package io.telecomllm.weights;

import com.code_intelligence.jazzer.junit.FuzzTest;
import com.google.gson.GsonBuilder;
import io.telecomllm.json.StrictJson;
import io.telecomllm.testing.Fuzzing;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.io.TempDir;

/** Headers, JSON and shard indexes of any bytes: read, or refused by a typed error. */
class WeightsFuzzTest {
  private static final String FILE = "fuzzed.file";

  @TempDir static Path folder;

  private static ByteSource source(byte[] data) {
    return (position, into, what) -> into.put(data, Math.toIntExact(position), into.remaining());
  }

  @FuzzTest
  void safetensors(byte[] data) {
    Optional<SafetensorsHeader> header =
        Fuzzing.read(
            FILE, data.length, () -> SafetensorsHeader.read(FILE, data.length, source(data)));
    header.ifPresent(
        read -> {
          long end = data.length;
          for (TensorInfo tensor : read.tensors()) {
            if (tensor.offset() < 8 || tensor.offset() + tensor.bytes() > end) {
              throw new AssertionError(tensor + " lies outside of " + end + " bytes");
            }
          }
        });
  }

  @FuzzTest
  void gguf(byte[] data) {
    Optional<GgufHeader> header =
        Fuzzing.read(FILE, data.length, () -> GgufHeader.parse(FILE, data.length, source(data)));
    header.ifPresent(
        read -> {
          for (TensorInfo tensor : read.tensors()) {
            // an empty one may lie at the padding that a cut file lacks
            boolean within =
                tensor.offset() >= 0 && tensor.offset() + tensor.bytes() <= data.length;
            if (tensor.bytes() > 0 && !within) {
              throw new AssertionError(tensor + " lies outside of " + data.length + " bytes");
            }
          }
        });
  }

  @FuzzTest
  void json(byte[] data) {
    Fuzzing.read(FILE, data.length, () -> Optional.ofNullable(StrictJson.parse(FILE, data)))
        .ifPresent(
            read -> {
              String text = new GsonBuilder().serializeNulls().create().toJson(read.orElse(null));
              byte[] again = text.getBytes(StandardCharsets.UTF_8);
              Fuzzing.same(Optional.ofNullable(StrictJson.parse(FILE, again)), read);
            });
  }

  /** The index beside two shards with the tensors a and b. */
  @FuzzTest
  void shardIndex(byte[] data) {
    for (String name : new String[] {"a", "b"}) {
      SafetensorsWriter.Tensor one = SafetensorsWriter.Tensor.ofFloats(java.util.List.of(1L), 1);
      Path shard = folder.resolve(name + ".safetensors");
      if (!java.nio.file.Files.exists(shard)) {
        SafetensorsWriter.write(shard, Map.of(name, one), Map.of());
      }
    }
    Path index = Fuzzing.write(folder.resolve(ShardedSafetensors.INDEX), data);
    Fuzzing.read(
        folder.toString(),
        data.length,
        () -> {
          try (ShardedSafetensors shards = ShardedSafetensors.open(index)) {
            shards.names().forEach(name -> shards.read(name, 0, ByteBuffer.allocate(4)));
            return shards.metadata();
          }
        });
  }
}
