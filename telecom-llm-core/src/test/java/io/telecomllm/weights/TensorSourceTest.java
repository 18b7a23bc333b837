package io.telecomllm.weights;

import static io.telecomllm.weights.SafetensorsBytes.entry;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.telecomllm.InvalidDataException;
import io.telecomllm.TelecomLlmException;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What holds for every source: exact buffers, threads, closing, files that change. */
class TensorSourceTest {
  @TempDir Path folder;

  private Path path(int bytes) {
    return SafetensorsBytes.write(
        folder.resolve("x.safetensors"),
        SafetensorsBytes.file("{" + entry("a", "U8", "[" + bytes + "]", 0, bytes) + "}", bytes));
  }

  @Test
  void fillsBuffersThatFit() {
    try (SafetensorsFile file = SafetensorsFile.open(path(10))) {
      ByteBuffer within = ByteBuffer.allocateDirect(20).position(3).limit(13);
      file.read("a", within);
      assertThat(within.position()).isEqualTo(13);
      assertThat(within.get(3)).isZero();
      assertThat(within.get(12)).isEqualTo((byte) 9);
      assertThat(within.limit(20).get(13)).isZero();
      ByteBuffer part = ByteBuffer.allocate(4);
      file.read("a", 6, part);
      assertThat(part.array()).containsExactly(6, 7, 8, 9);
      FloatBuffer floats = FloatBuffer.allocate(2);
      file.readFloats("a", 8, floats);
      assertThat(floats.array()).containsExactly(8f, 9f);
    }
  }

  @Test
  void refusesBuffersThatDoNotFit() {
    try (SafetensorsFile file = SafetensorsFile.open(path(10))) {
      assertThatThrownBy(() -> file.read("a", ByteBuffer.allocate(9)))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage("tensor a has 10 bytes, the buffer has room for 9");
      assertThatThrownBy(() -> file.readFloats("a", FloatBuffer.allocate(11)))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage("tensor a has 10 values, the buffer has room for 11");
      assertThatThrownBy(() -> file.read("a", 7, ByteBuffer.allocate(4)))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage("tensor a: 4 bytes from byte 7 on were asked for, it has 10");
      assertThatThrownBy(() -> file.readFloats("a", -1, FloatBuffer.allocate(4)))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage("tensor a: 4 values from value -1 on were asked for, it has 10");
      assertThatThrownBy(() -> file.read("b", ByteBuffer.allocate(4)))
          .isInstanceOf(InvalidDataException.class)
          .hasMessage(file.path() + ": no tensor b among 1");
    }
  }

  @Test
  void saysThatItIsClosed() {
    SafetensorsFile file = SafetensorsFile.open(path(10));
    file.close();
    file.close();
    assertThat(file.names()).containsExactly("a");
    assertThatThrownBy(() -> file.read("a", ByteBuffer.allocate(10)))
        .isExactlyInstanceOf(TelecomLlmException.class)
        .hasMessage(file.path() + ": tensor a read after close");
  }

  @Test
  void survivesAFileCutShortWhileOpen() throws IOException {
    Path path = path(5_000_000);
    try (SafetensorsFile file = SafetensorsFile.open(path)) {
      long start = file.info("a").offset();
      try (RandomAccessFile other = new RandomAccessFile(path.toFile(), "rw")) {
        other.setLength(start + 3_000_000);
      }
      assertThatThrownBy(() -> file.read("a", ByteBuffer.allocateDirect(5_000_000)))
          .isInstanceOf(InvalidDataException.class)
          .hasMessage(
              path + ": tensor a ends at byte " + (start + 3_000_000) + ", the file was cut short");
    }
  }

  @Test
  void saysThatItWasInterrupted() {
    try (SafetensorsFile file = SafetensorsFile.open(path(10))) {
      Thread.currentThread().interrupt();
      assertThatThrownBy(() -> file.read("a", ByteBuffer.allocate(10)))
          .isExactlyInstanceOf(TelecomLlmException.class)
          .hasMessage(file.path() + ": interrupted while reading tensor a");
      assertThat(Thread.interrupted()).isTrue();
    }
  }

  @Test
  void isSharedByThreads() throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(4);
    try (SafetensorsFile file = SafetensorsFile.open(path(300_000))) {
      List<Callable<Boolean>> readers = new ArrayList<>();
      for (int seed = 0; seed < 8; seed++) {
        Random random = new Random(seed);
        readers.add(
            () -> {
              for (int i = 0; i < 200; i++) {
                int from = random.nextInt(290_000);
                ByteBuffer part = ByteBuffer.allocate(1 + random.nextInt(10_000));
                file.read("a", from, part);
                for (int k = 0; k < part.capacity(); k++) {
                  if (part.get(k) != (byte) (from + k)) {
                    return false;
                  }
                }
              }
              return true;
            });
      }
      for (Future<Boolean> right : threads.invokeAll(readers)) {
        assertThat(right.get()).isTrue();
      }
    } finally {
      threads.shutdownNow();
    }
  }
}
