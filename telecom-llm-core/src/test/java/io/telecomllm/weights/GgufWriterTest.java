package io.telecomllm.weights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.telecomllm.StorageException;
import io.telecomllm.weights.GgufWriter.Tensor;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import net.jqwik.api.constraints.StringLength;
import net.jqwik.api.constraints.UniqueElements;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class GgufWriterTest {
  private static final Map<String, Object> LLAMA = Map.of("general.architecture", "llama");

  /** Written by tools/make_gguf_goldens.py with gguf 0.19.0. */
  private static byte[] reference() throws IOException {
    try (InputStream in = GgufWriterTest.class.getResourceAsStream("reference.gguf")) {
      return in.readAllBytes();
    }
  }

  private static Path referenceFile(Path folder) throws IOException {
    return Files.write(folder.resolve("reference.gguf"), reference());
  }

  @ParameterizedTest
  @EnumSource(names = {"F32", "F16", "BF16", "Q8_0", "Q4_0"})
  void encodesAsTheReferenceDoes(Encoding encoding, @TempDir Path folder) throws IOException {
    try (GgufFile file = GgufFile.open(referenceFile(folder))) {
      FloatBuffer values = FloatBuffer.allocate(12 * 64);
      file.readFloats("F32.weight", values);
      TensorInfo info = file.info(encoding + ".weight");
      assertThat(info.encoding()).isEqualTo(encoding);
      assertThat(info.shape()).containsExactly(12L, 64L);
      byte[] expected = new byte[(int) info.bytes()];
      file.read(info.name(), ByteBuffer.wrap(expected));
      byte[] encoded = new byte[expected.length];
      encoding.encode(values.array(), 0, expected.length / encoding.blockBytes(), encoded, 0);
      assertThat(encoded).isEqualTo(expected);
    }
  }

  @Test
  void writesTheFileThatTheReferenceWrites(@TempDir Path folder) throws IOException {
    Map<String, Object> metadata = new LinkedHashMap<>();
    metadata.put("general.architecture", "llama");
    metadata.put("llama.block_count", 2);
    metadata.put("test.large", (1L << 40) + 1);
    metadata.put("llama.attention.layer_norm_rms_epsilon", 1e-5f);
    metadata.put("tokenizer.ggml.add_bos_token", true);
    metadata.put("tokenizer.ggml.add_space_prefix", false);
    metadata.put("general.name", "tiny \u2581\ud83d\udce1");
    metadata.put("tokenizer.ggml.tokens", List.of("<s>", "\u2581", "ab"));
    metadata.put("tokenizer.ggml.scores", new float[] {0, -1.5f, -1e10f});
    metadata.put("tokenizer.ggml.token_type", new int[] {3, 1, -1});
    Path path = folder.resolve("written.gguf");
    try (GgufFile file = GgufFile.open(referenceFile(folder))) {
      GgufWriter.Values values = (from, into) -> file.readFloats("F32.weight", from, into);
      Map<String, Tensor> tensors = new LinkedHashMap<>();
      for (String name : List.of("F32", "F16", "BF16", "Q8_0", "Q4_0")) {
        tensors.put(
            name + ".weight", Tensor.ofFloats(Encoding.valueOf(name), List.of(12L, 64L), values));
      }
      tensors.put("odd.weight", Tensor.ofFloats(Encoding.F32, List.of(5L), values));
      GgufWriter.write(path, metadata, tensors);
      assertThat(Files.readAllBytes(path)).isEqualTo(reference());
      // the same from the bytes as they are
      tensors.replaceAll(
          (name, tensor) ->
              Tensor.ofBytes(
                  tensor.encoding(), tensor.shape(), (from, into) -> file.read(name, from, into)));
      GgufWriter.write(path, metadata, tensors);
    }
    assertThat(Files.readAllBytes(path)).isEqualTo(reference());
  }

  @Property(tries = 200)
  void whatIsWrittenIsRead(
      @ForAll @Size(max = 6) @UniqueElements List<@StringLength(min = 1, max = 15) String> names,
      @ForAll @Size(max = 6) @UniqueElements List<@StringLength(min = 1, max = 15) String> keys,
      @ForAll @IntRange(max = 1 << 20) int seed)
      throws IOException {
    Random random = new Random(seed);
    Map<String, Object> metadata = new LinkedHashMap<>(LLAMA);
    keys.stream().filter(GgufWriterTest::isText).forEach(k -> metadata.put(k, value(random)));
    Map<String, Tensor> tensors = new LinkedHashMap<>();
    Map<String, byte[]> expected = new LinkedHashMap<>();
    for (String name : names.stream().filter(GgufWriterTest::isText).toList()) {
      Encoding encoding = encoding(random);
      List<Long> shape = new ArrayList<>();
      for (int i = random.nextInt(3); i >= 0; i--) {
        shape.add(1L + random.nextInt(5));
      }
      shape.add((1L + random.nextInt(3)) * encoding.blockValues());
      byte[] bytes = new byte[(int) TensorInfo.bytes(encoding, TensorInfo.elements(shape))];
      random.nextBytes(bytes);
      expected.put(name, bytes);
      tensors.put(
          name,
          Tensor.ofBytes(
              encoding, shape, (from, into) -> into.put(bytes, (int) from, into.remaining())));
    }
    Path folder = Files.createTempDirectory("writer");
    Path path = folder.resolve("w.gguf");
    try {
      GgufWriter.write(path, metadata, tensors);
      assertThat(Files.size(path) % 32).isZero();
      try (GgufFile file = GgufFile.open(path)) {
        assertThat(file.version()).isEqualTo(3);
        assertThat(file.fields().names()).containsExactlyElementsOf(metadata.keySet());
        metadata.forEach((k, v) -> assertThat(file.fields().value(k)).isEqualTo(plain(v)));
        assertThat(file.names()).containsExactlyElementsOf(expected.keySet());
        for (String name : file.names()) {
          TensorInfo info = file.info(name);
          assertThat(info.encoding()).isEqualTo(tensors.get(name).encoding());
          assertThat(info.shape()).isEqualTo(tensors.get(name).shape());
          assertThat(info.offset() % 32).isZero();
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

  private static Encoding encoding(Random random) {
    Encoding[] all = Encoding.values();
    Encoding encoding = all[random.nextInt(all.length)];
    return encoding.gguf() < 0 ? Encoding.Q6_K : encoding;
  }

  private static Object value(Random random) {
    return switch (random.nextInt(8)) {
      case 0 -> random.nextInt(Integer.MAX_VALUE);
      case 1 -> random.nextLong() >>> 1;
      case 2 -> random.nextFloat();
      case 3 -> random.nextBoolean();
      case 4 -> "\u00e9".repeat(random.nextInt(5));
      case 5 -> List.of("", "a", "\ud83d\ude00");
      case 6 -> new float[] {random.nextFloat(), -1};
      default -> random.ints(random.nextInt(4)).toArray();
    };
  }

  /** The value as the reader gives it. */
  private static Object plain(Object value) {
    if (value instanceof Integer number) {
      return (long) number;
    }
    if (value instanceof Float number) {
      return (double) number;
    }
    if (value instanceof float[] numbers) {
      return List.of((double) numbers[0], (double) numbers[1]);
    }
    return value instanceof int[] numbers
        ? java.util.Arrays.stream(numbers).asLongStream().boxed().toList()
        : value;
  }

  private static boolean isText(String text) {
    return StandardCharsets.UTF_8.newEncoder().canEncode(text);
  }

  @Test
  void asksForALargeTensorPieceByPiece(@TempDir Path folder) {
    int rows = 700;
    int row = 2 * 256;
    long[] most = {0};
    GgufWriter.Values values =
        (from, into) -> {
          most[0] = Math.max(most[0], into.remaining());
          for (long i = from; into.hasRemaining(); i++) {
            into.put((float) (i % 7 - 3));
          }
        };
    Path path = folder.resolve("large.gguf");
    GgufWriter.write(
        path,
        LLAMA,
        Map.of("x", Tensor.ofFloats(Encoding.Q8_0, List.of((long) rows, (long) row), values)));
    assertThat(most[0]).isEqualTo(1 << 16);
    try (GgufFile file = GgufFile.open(path)) {
      FloatBuffer read = FloatBuffer.allocate(rows * row);
      file.readFloats("x", read);
      for (int i = 0; i < rows * row; i++) {
        assertThat(read.get(i))
            .isCloseTo((float) (i % 7 - 3), org.assertj.core.data.Offset.offset(0.014f));
      }
    }
  }

  @Test
  void leavesTheOldFileWhenATensorFails(@TempDir Path folder) throws IOException {
    Path path = referenceFile(folder);
    Tensor two = Tensor.ofFloats(Encoding.F32, List.of(2L), (from, into) -> into.put(1f).put(2f));
    Map<String, Tensor> broken = new LinkedHashMap<>();
    broken.put("a", two);
    broken.put("b", Tensor.ofFloats(Encoding.F16, List.of(2L), (from, into) -> into.put(1f)));
    assertThatThrownBy(() -> GgufWriter.write(path, LLAMA, broken))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("tensor b: 1 values were not given");
    broken.put("b", Tensor.ofBytes(Encoding.F16, List.of(2L), (from, into) -> into.put((byte) 1)));
    assertThatThrownBy(() -> GgufWriter.write(path, LLAMA, broken))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("tensor b: 3 bytes were not given");
    broken.put(
        "b", Tensor.ofFloats(Encoding.F16, List.of(2L), (from, into) -> into.put(1e9f).put(1f)));
    assertThatThrownBy(() -> GgufWriter.write(path, LLAMA, broken))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("tensor b: 1.0E9 is beyond the range of F16");
    broken.put(
        "b",
        Tensor.ofFloats(
            Encoding.F16,
            List.of(2L),
            (from, into) -> {
              throw new IllegalStateException("the device is gone");
            }));
    assertThatThrownBy(() -> GgufWriter.write(path, LLAMA, broken))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("the device is gone");
    assertThat(Files.readAllBytes(path)).isEqualTo(reference());
    try (Stream<Path> files = Files.list(folder)) {
      assertThat(files).containsExactly(path);
    }
    Path missing = folder.resolve("missing/x.gguf");
    assertThatThrownBy(() -> GgufWriter.write(missing, LLAMA, Map.of()))
        .isInstanceOf(StorageException.class)
        .hasMessageStartingWith(missing + ": cannot be written: ");
  }

  @Test
  void refusesWhatNoReaderWouldTake(@TempDir Path folder) {
    Tensor one = Tensor.ofFloats(Encoding.F32, List.of(1L), (from, into) -> into.put(1f));
    refuses(folder, Map.of(), Map.of(), "general.architecture is null, must be a string");
    refuses(folder, entry("general.alignment", 64), Map.of(), "general.alignment is always 32");
    refuses(folder, entry("a", -1), Map.of(), "key a is -1, must be at least 0");
    refuses(folder, entry("a", -1L), Map.of(), "key a is -1, must be at least 0");
    refuses(
        folder, entry("a", 1.0), Map.of(), "key a: values of java.lang.Double cannot be written");
    refuses(folder, entry("", 1), Map.of(), "key : of 0 bytes, must be 1 to 65535");
    refuses(folder, entry("a", "\ud800"), Map.of(), "key a holds an unpaired surrogate: ?");
    refuses(
        folder,
        LLAMA,
        Map.of("n".repeat(64), one),
        "tensor " + "n".repeat(64) + ": a name of 64 bytes, must be 1 to 63");
  }

  private static Map<String, Object> entry(String key, Object value) {
    return Map.of("general.architecture", "llama", key, value);
  }

  private static void refuses(
      Path folder, Map<String, ?> metadata, Map<String, Tensor> tensors, String message) {
    Path path = folder.resolve("x.gguf");
    assertThatThrownBy(() -> GgufWriter.write(path, metadata, tensors))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(message);
    assertThat(path).doesNotExist();
  }

  @Test
  void refusesShapesThatTheFormatLacks() {
    GgufWriter.Bytes none = (from, into) -> {};
    for (List<Long> shape : List.of(List.<Long>of(), List.of(0L), List.of(1L, 1L, 1L, 1L, 1L))) {
      assertThatThrownBy(() -> Tensor.ofBytes(Encoding.F32, shape, none))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage("shape is " + shape + ", must have 1 to 4 dimensions above zero");
    }
    assertThatThrownBy(() -> Tensor.ofBytes(Encoding.Q4_K, List.of(8L, 32L), none))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("rows of 32 values, Q4_K has blocks of 256");
    assertThatThrownBy(() -> Tensor.ofBytes(Encoding.U8, List.of(8L), none))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("GGUF has no type U8");
    assertThatThrownBy(() -> Tensor.ofFloats(Encoding.Q4_K, List.of(256L), (from, into) -> {}))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("floats cannot be written as Q4_K");
  }
}
