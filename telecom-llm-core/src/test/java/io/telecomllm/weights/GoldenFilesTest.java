package io.telecomllm.weights;

import static org.assertj.core.api.Assertions.assertThat;

import io.telecomllm.testing.Shared;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Every safetensors file of the reference data, which the reference implementation wrote. */
@Tag("shared")
class GoldenFilesTest {
  private static List<Path> files() throws IOException {
    try (Stream<Path> walk = Files.walk(Shared.path("goldens"))) {
      List<Path> files =
          walk.filter(file -> file.toString().endsWith(".safetensors")).sorted().toList();
      assertThat(files).isNotEmpty();
      return files;
    }
  }

  @Test
  void readEqualToTheWholeFile() throws IOException {
    for (Path path : files()) {
      byte[] whole = Files.readAllBytes(path);
      long bytes = 0;
      try (SafetensorsFile file = SafetensorsFile.open(path)) {
        for (String name : file.names()) {
          TensorInfo info = file.info(name);
          byte[] expected =
              Arrays.copyOfRange(whole, (int) info.offset(), (int) (info.offset() + info.bytes()));
          ByteBuffer direct = ByteBuffer.allocateDirect((int) info.bytes());
          file.read(name, direct);
          assertThat(direct.flip()).as(path + " " + name).isEqualTo(ByteBuffer.wrap(expected));
          assertFloats(file, info, expected);
          bytes += info.bytes();
        }
        long header = ByteBuffer.wrap(whole).order(ByteOrder.LITTLE_ENDIAN).getLong();
        assertThat(bytes).as(path.toString()).isEqualTo(whole.length - 8 - header);
      }
    }
  }

  private static void assertFloats(SafetensorsFile file, TensorInfo info, byte[] raw) {
    FloatBuffer floats = FloatBuffer.allocate((int) info.elements());
    file.readFloats(info.name(), floats);
    assertThat(floats.hasRemaining()).isFalse();
    for (int i = 0; i < floats.capacity(); i++) {
      float expected = Naive.value(info.encoding(), raw, i);
      if (Float.floatToIntBits(expected) != Float.floatToIntBits(floats.get(i))) {
        assertThat(floats.get(i)).as(info.name() + " " + i).isEqualTo(expected);
      }
    }
  }

  @Test
  void areWrittenAgainByteForByte(@TempDir Path folder) throws IOException {
    int compared = 0;
    for (Path path : files()) {
      Path copy = folder.resolve("copy.safetensors");
      Map<String, String> metadata;
      try (SafetensorsFile file = SafetensorsFile.open(path)) {
        metadata = file.metadata();
        Map<String, SafetensorsWriter.Tensor> tensors = new LinkedHashMap<>();
        for (String name : file.names()) {
          TensorInfo info = file.info(name);
          tensors.put(
              name,
              new SafetensorsWriter.Tensor(
                  info.encoding().dataType().orElseThrow(),
                  info.shape(),
                  () -> {
                    ByteBuffer bytes = ByteBuffer.allocate((int) info.bytes());
                    file.read(name, bytes);
                    return bytes.flip();
                  }));
        }
        SafetensorsWriter.write(copy, tensors, metadata);
      }
      // the reference implementation writes metadata in no fixed order
      if (metadata.size() <= 1) {
        assertThat(Files.mismatch(path, copy)).as(path.toString()).isEqualTo(-1);
        compared++;
      }
    }
    assertThat(compared).isPositive();
  }

  @Test
  void openAsCheckpoints() throws IOException {
    try (Stream<Path> models = Files.list(Shared.path("goldens/models"))) {
      for (Path model : models.sorted().toList()) {
        try (TensorSource source = Checkpoint.open(model)) {
          assertThat(source).isNotInstanceOf(GgufFile.class);
          assertThat(source instanceof ShardedSafetensors)
              .isEqualTo(Files.exists(model.resolve(ShardedSafetensors.INDEX)));
          assertThat(source.metadata()).as(model.toString()).containsEntry("format", "pt");
          double sum = 0;
          for (String name : source.names()) {
            FloatBuffer values = FloatBuffer.allocate((int) source.info(name).elements());
            source.readFloats(name, values);
            for (float value : values.array()) {
              sum += Math.abs(value);
            }
          }
          assertThat(sum).as(model.toString()).isPositive().isFinite();
        }
      }
    }
  }
}
