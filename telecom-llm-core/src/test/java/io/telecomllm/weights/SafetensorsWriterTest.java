package io.telecomllm.weights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.telecomllm.StorageException;
import io.telecomllm.tensor.DataType;
import io.telecomllm.weights.SafetensorsWriter.Tensor;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import net.jqwik.api.constraints.UniqueElements;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SafetensorsWriterTest {
  @Property(tries = 200)
  void whatIsWrittenIsRead(
      @ForAll @Size(max = 6) @UniqueElements List<String> names,
      @ForAll Map<String, String> metadata,
      @ForAll @IntRange(max = 1 << 20) int seed)
      throws IOException {
    Random random = new Random(seed);
    Map<String, Tensor> tensors = new LinkedHashMap<>();
    Map<String, byte[]> expected = new LinkedHashMap<>();
    for (String name : names) {
      if (!name.equals("__metadata__") && isText(name)) {
        List<DataType> types = List.of(DataType.values());
        DataType type = types.get(random.nextInt(types.size()));
        List<Long> shape = random.longs(random.nextInt(4), 0, 5).boxed().toList();
        byte[] bytes = new byte[(int) TensorInfo.elements(shape) * type.bytes()];
        random.nextBytes(bytes);
        expected.put(name, bytes);
        ByteBuffer buffer =
            random.nextBoolean()
                ? ByteBuffer.wrap(bytes)
                : ByteBuffer.allocateDirect(bytes.length).put(bytes).flip();
        tensors.put(name, Tensor.of(type, shape, buffer));
      }
    }
    metadata.entrySet().removeIf(e -> !isText(e.getKey()) || !isText(e.getValue()));
    Path folder = Files.createTempDirectory("writer");
    Path path = folder.resolve("w.safetensors");
    try {
      SafetensorsWriter.write(path, tensors, metadata);
      try (SafetensorsFile file = SafetensorsFile.open(path)) {
        assertThat(file.metadata()).isEqualTo(metadata);
        assertThat(file.names()).containsExactlyInAnyOrderElementsOf(expected.keySet());
        for (String name : file.names()) {
          TensorInfo info = file.info(name);
          assertThat(info.encoding().dataType()).contains(tensors.get(name).type());
          assertThat(info.shape()).isEqualTo(tensors.get(name).shape());
          assertThat(info.offset() % info.encoding().blockBytes()).isZero();
          ByteBuffer bytes = ByteBuffer.allocate((int) info.bytes());
          file.read(name, bytes);
          assertThat(bytes.array()).isEqualTo(expected.get(name));
        }
      }
    } finally {
      Files.deleteIfExists(path);
      Files.delete(folder); // fails if anything else was left
    }
  }

  private static boolean isText(String text) {
    return StandardCharsets.UTF_8.newEncoder().canEncode(text);
  }

  @Test
  void ordersByTypeThenName(@TempDir Path folder) throws IOException {
    Map<String, Tensor> tensors = new LinkedHashMap<>();
    for (DataType type : DataType.values()) {
      for (String name : List.of("\ud83d\ude00", "\uff5e", "b", "a")) {
        tensors.put(name + type, Tensor.of(type, List.of(), ByteBuffer.allocate(type.bytes())));
      }
    }
    Path path = folder.resolve("order.safetensors");
    SafetensorsWriter.write(path, tensors, Map.of("b", "\u2028\"\\\u0001\n", "a", ""));
    try (SafetensorsFile file = SafetensorsFile.open(path)) {
      assertThat(file.names().stream().map(name -> file.info(name).encoding().name()).distinct())
          .containsExactly("I64", "F64", "F32", "I32", "BF16", "F16", "I16", "I8", "U8", "BOOL");
      // by the bytes of UTF-8, not by Java's chars
      assertThat(file.names())
          .startsWith("aINT64", "bINT64", "\uff5eINT64", "\ud83d\ude00INT64", "aFLOAT64");
    }
    String text = Files.readString(path, StandardCharsets.ISO_8859_1);
    assertThat(text.substring(8))
        .startsWith(
            "{\"__metadata__\":{\"a\":\"\",\"b\":\"\u00e2\u0080\u00a8\\\"\\\\\\u0001\\n\"},"
                + "\"aINT64\":{\"dtype\":\"I64\",\"shape\":[],\"data_offsets\":[0,8]},");
  }

  @Test
  void leavesTheOldFileWhenATensorFails(@TempDir Path folder) throws IOException {
    Path path = folder.resolve("old.safetensors");
    SafetensorsWriter.write(path, Map.of("a", Tensor.ofFloats(List.of(2L), 1f, 2f)), Map.of());
    byte[] old = Files.readAllBytes(path);
    Map<String, Tensor> broken = new LinkedHashMap<>();
    broken.put("a", Tensor.ofFloats(List.of(2L), 3f, 4f));
    broken.put(
        "b",
        new Tensor(
            DataType.INT8,
            List.of(1L),
            () -> {
              throw new IllegalStateException("the device is gone");
            }));
    assertThatThrownBy(() -> SafetensorsWriter.write(path, broken, Map.of()))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("the device is gone");
    broken.put("b", Tensor.of(DataType.INT16, List.of(3L), ByteBuffer.allocate(5)));
    assertThatThrownBy(() -> SafetensorsWriter.write(path, broken, Map.of()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("tensor b of shape [3] takes 6 bytes, it has 5");
    assertThat(Files.readAllBytes(path)).isEqualTo(old);
    try (Stream<Path> files = Files.list(folder)) {
      assertThat(files).containsExactly(path);
    }
    SafetensorsWriter.write(path, Map.of(), Map.of());
    assertThat(Files.readAllBytes(path)).isEqualTo(SafetensorsBytes.file("{}      ", 0));
  }

  @Test
  void saysWhatTheDiskRefuses(@TempDir Path folder) {
    Path path = folder.resolve("missing/x.safetensors");
    assertThatThrownBy(() -> SafetensorsWriter.write(path, Map.of(), Map.of()))
        .isInstanceOf(StorageException.class)
        .hasMessageStartingWith(path + ": cannot be written: ");
  }

  @Test
  void refusesWhatNoReaderWouldTake(@TempDir Path folder) {
    Path path = folder.resolve("x.safetensors");
    Tensor scalar = Tensor.ofFloats(List.of(), 1f);
    assertThatThrownBy(
            () -> SafetensorsWriter.write(path, Map.of("__metadata__", scalar), Map.of()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("no tensor can be named __metadata__");
    assertThatThrownBy(() -> SafetensorsWriter.write(path, Map.of("\ud800", scalar), Map.of()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("unpaired surrogate");
    assertThatThrownBy(() -> Tensor.ofFloats(List.of(-1L)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("shape is [-1], no dimension may be negative");
    assertThat(path).doesNotExist();
  }

  @Test
  void writesALargeTensorFromTheHeap(@TempDir Path folder) throws IOException {
    float[] values = new float[1_000_003];
    for (int i = 0; i < values.length; i++) {
      values[i] = i;
    }
    Path path = folder.resolve("large.safetensors");
    SafetensorsWriter.write(
        path, Map.of("x", Tensor.ofFloats(List.of(1_000_003L), values)), Map.of());
    try (SafetensorsFile file = SafetensorsFile.open(path)) {
      FloatBuffer read = FloatBuffer.allocate(values.length);
      file.readFloats("x", read);
      assertThat(Arrays.equals(read.array(), values)).isTrue();
    }
    try (Stream<Path> files = Files.list(folder)) {
      assertThat(files.sorted(Comparator.naturalOrder())).containsExactly(path);
    }
  }
}
