package io.telecomllm.weights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.telecomllm.InvalidDataException;
import io.telecomllm.json.JsonView;
import io.telecomllm.testing.Shared;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The GGUF files of the reference data, which llama.cpp's tools wrote. */
@Tag("shared")
class SmolLm2Test {
  private static List<Path> files() throws IOException {
    try (Stream<Path> list = Files.list(Shared.path("data"))) {
      List<Path> files = list.filter(file -> file.toString().endsWith(".gguf")).sorted().toList();
      assertThat(files).isNotEmpty();
      return files;
    }
  }

  @Test
  void hasItsConfiguration() throws IOException {
    for (Path path : files()) {
      try (GgufFile file = GgufFile.open(path)) {
        JsonView fields = file.fields();
        ByteBuffer start = ByteBuffer.allocate(24).order(ByteOrder.LITTLE_ENDIAN);
        try (var channel = Files.newByteChannel(path)) {
          channel.read(start);
        }
        assertThat(file.version()).isEqualTo(start.getInt(4));
        assertThat(file.names()).hasSize((int) start.getLong(8));
        assertThat(fields.names()).hasSize((int) start.getLong(16));

        String architecture = fields.string("general.architecture");
        int layers = fields.integer(architecture + ".block_count", 1, 1000);
        long width = fields.integer(architecture + ".embedding_length", 1, 1 << 20);
        long vocabulary = fields.strings("tokenizer.ggml.tokens").size();
        assertThat(fields.number(architecture + ".attention.layer_norm_rms_epsilon"))
            .isBetween(1e-7, 1e-3);
        assertThat(fields.bool("tokenizer.ggml.add_bos_token", true)).isFalse();
        assertThat(fields.integers("tokenizer.ggml.token_type", 1, 6)).hasSize((int) vocabulary);
        assertThat(file.metadata())
            .containsEntry("general.architecture", architecture)
            .doesNotContainKey("tokenizer.ggml.tokens");
        // row-major: one row a token
        assertThat(file.info("token_embd.weight").shape()).containsExactly(vocabulary, width);
        assertThat(file.info("blk." + (layers - 1) + ".attn_norm.weight").shape())
            .containsExactly(width);
        assertThatThrownBy(() -> file.info("blk." + layers + ".attn_norm.weight"))
            .isInstanceOf(InvalidDataException.class)
            .hasMessage(
                path
                    + ": no tensor blk."
                    + layers
                    + ".attn_norm.weight among "
                    + file.names().size());
      }
    }
  }

  @Test
  void decodesAsTheNaiveReader() throws IOException {
    Set<Encoding> seen = new TreeSet<>();
    for (Path path : files()) {
      byte[] whole = Files.readAllBytes(path);
      Random random = new Random(7);
      try (GgufFile file = GgufFile.open(path)) {
        List<String> names = new ArrayList<>(file.names());
        for (String name : names) {
          TensorInfo info = file.info(name);
          byte[] raw = new byte[(int) info.bytes()];
          file.read(name, ByteBuffer.wrap(raw));
          assertThat(ByteBuffer.wrap(raw))
              .as(name)
              .isEqualTo(ByteBuffer.wrap(whole, (int) info.offset(), (int) info.bytes()));
          FloatBuffer values = FloatBuffer.allocate((int) info.elements());
          file.readFloats(name, values);
          seen.add(info.encoding());
          for (int i = 0; i < 500; i++) {
            int index =
                i < 64 ? Math.min(i, values.capacity() - 1) : random.nextInt(values.capacity());
            assertThat(values.get(index))
                .as(name + " " + index)
                .isEqualTo(Naive.value(info.encoding(), raw, index));
          }
        }
      }
    }
    assertThat(seen).contains(Encoding.F32, Encoding.Q4_1);
  }

  @Test
  void readsRowsOfATensor() throws IOException {
    try (GgufFile file = GgufFile.open(files().get(0))) {
      TensorInfo info = file.info("token_embd.weight");
      int width = info.shape().get(1).intValue();
      FloatBuffer all = FloatBuffer.allocate((int) info.elements());
      file.readFloats(info.name(), all);
      FloatBuffer rows = FloatBuffer.allocate(3 * width);
      int from = info.shape().get(0).intValue() / 2;
      file.readFloats(info.name(), (long) from * width, rows);
      assertThat(rows.array())
          .isEqualTo(Arrays.copyOfRange(all.array(), from * width, (from + 3) * width));
      int block = info.encoding().blockValues();
      assertThatThrownBy(() -> file.readFloats(info.name(), 1, FloatBuffer.allocate(block)))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("blocks of " + block);
    }
  }

  @Test
  void isDecodedInSeconds() throws IOException {
    try (GgufFile file = GgufFile.open(files().get(0))) {
      long start = System.nanoTime();
      long values = 0;
      FloatBuffer buffer = FloatBuffer.allocate(1 << 25);
      for (String name : file.names()) {
        file.readFloats(name, buffer.clear().limit((int) file.info(name).elements()));
        values += buffer.position();
      }
      double seconds = (System.nanoTime() - start) / 1e9;
      // about half a second alone on two cores; the bound leaves room for a crowded machine
      assertThat(seconds).as("%s values", values).isLessThan(5 + values / 20e6);
    }
  }
}
