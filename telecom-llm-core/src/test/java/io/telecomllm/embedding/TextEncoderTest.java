package io.telecomllm.embedding;

import static io.telecomllm.testing.Vectors.assertClose;
import static io.telecomllm.testing.Vectors.maxDifference;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.telecomllm.tensor.DataType;
import io.telecomllm.tensor.Device;
import io.telecomllm.testing.Golden;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Vectors are those that transformers computes, in any order and company, on any thread. */
class TextEncoderTest {
  private static final double TOLERANCE = 2e-6;

  @ParameterizedTest
  @ValueSource(strings = {"cls", "mean"})
  void vectorsAreThoseOfTransformers(String name) {
    List<String> texts = Encoders.texts();
    try (TextEncoder encoder = TextEncoder.load(Encoders.folder(name), Encoders.EXACT);
        Golden golden = Golden.open(Encoders.folder(name) + "/expected.safetensors")) {
      assertThat(encoder.dimensions()).isEqualTo(golden.shape("vector.0")[0]);
      List<float[]> together = encoder.encode(texts);
      assertThat(together).hasSameSizeAs(texts);
      for (int i = 0; i < texts.size(); i++) {
        float[] expected = golden.floats("vector." + i);
        assertClose(texts.get(i), encoder.encode(texts.get(i)), expected, TOLERANCE);
        assertClose(texts.get(i) + " among others", together.get(i), expected, TOLERANCE);
      }
    }
  }

  @Test
  void companyAndOrderChangeNothingButRounding() {
    Random random = new Random(5);
    List<String> texts = new ArrayList<>();
    for (int i = 0; i < 300; i++) {
      texts.add("the amf of a slice ".repeat(random.nextInt(5)) + "n" + i);
    }
    List<String> shuffled = new ArrayList<>(texts);
    Collections.shuffle(shuffled, random);
    try (TextEncoder encoder = TextEncoder.load(Encoders.folder("mean"), Encoders.EXACT)) {
      List<float[]> vectors = encoder.encode(texts);
      List<float[]> others = encoder.encode(shuffled);
      for (int i = 0; i < shuffled.size(); i++) {
        float[] expected = vectors.get(texts.indexOf(shuffled.get(i)));
        assertClose(shuffled.get(i), others.get(i), expected, TOLERANCE);
        double squares = 0;
        for (float value : others.get(i)) {
          squares += (double) value * value;
        }
        assertThat(squares).isCloseTo(1, org.assertj.core.data.Offset.offset(1e-6));
      }
    }
  }

  @Test
  void aQueryHasItsInstruction(@TempDir Path folder) throws IOException {
    Encoders.copy("cls", folder);
    Files.writeString(
        folder.resolve("config_sentence_transformers.json"), "{\"prompts\":{\"query\":\"ask: \"}}");
    try (TextEncoder own = TextEncoder.load(folder, Encoders.EXACT);
        TextEncoder set = TextEncoder.load(folder, Encoders.EXACT.queryInstruction("find: "));
        TextEncoder plain = TextEncoder.load(Encoders.folder("cls"), Encoders.EXACT)) {
      assertThat(own.encodeQuery("slice")).isEqualTo(plain.encode("ask: slice"));
      assertThat(set.encodeQuery("slice")).isEqualTo(plain.encode("find: slice"));
      assertThat(plain.encodeQuery("slice")).isEqualTo(plain.encode("slice"));
      assertThat(List.of(own.id(), set.id(), plain.id())).doesNotHaveDuplicates();
    }
  }

  @Test
  void theIdIsOfWeightsAndSettings(@TempDir Path folder) throws IOException {
    Encoders.copy("cls", folder);
    String id;
    try (TextEncoder one = TextEncoder.load(Encoders.folder("cls"), Encoders.EXACT);
        TextEncoder same = TextEncoder.load(folder, Encoders.EXACT);
        TextEncoder mean = TextEncoder.load(folder, Encoders.EXACT.pooling(Pooling.MEAN))) {
      id = one.id();
      assertThat(id).matches("[0-9a-f]{64}").isEqualTo(same.id()).isNotEqualTo(mean.id());
    }
    Path weights = folder.resolve("model.safetensors");
    byte[] bytes = Files.readAllBytes(weights);
    bytes[bytes.length - 2] ^= 1;
    Files.write(weights, bytes);
    try (TextEncoder changed = TextEncoder.load(folder, Encoders.EXACT)) {
      assertThat(changed.id()).isNotEqualTo(id);
    }
  }

  @Test
  void halfPrecisionIsNear() {
    try (TextEncoder exact = TextEncoder.load(Encoders.folder("cls"), Encoders.EXACT);
        TextEncoder half =
            TextEncoder.load(
                Encoders.folder("cls"), Encoders.EXACT.on(Device.cpu(), DataType.BFLOAT16))) {
      for (String text : Encoders.texts()) {
        assertThat(maxDifference(half.encode(text), exact.encode(text))).isLessThan(0.03);
      }
    }
  }

  @Test
  void threadsShareIt() throws Exception {
    List<String> texts = Encoders.texts();
    ExecutorService threads = Executors.newFixedThreadPool(4);
    try (TextEncoder encoder = TextEncoder.load(Encoders.folder("mean"), Encoders.EXACT)) {
      List<float[]> expected = encoder.encode(texts);
      List<Future<List<float[]>>> results = new ArrayList<>();
      for (int i = 0; i < 24; i++) {
        results.add(threads.submit(() -> encoder.encode(texts)));
      }
      for (Future<List<float[]>> result : results) {
        for (int i = 0; i < texts.size(); i++) {
          assertClose(texts.get(i), result.get().get(i), expected.get(i), TOLERANCE);
        }
      }
    } finally {
      threads.shutdownNow();
    }
  }

  @Test
  void anInterruptEndsTheCall() {
    try (TextEncoder encoder = TextEncoder.load(Encoders.folder("mean"), Encoders.EXACT)) {
      Thread.currentThread().interrupt();
      assertThatThrownBy(() -> encoder.encode("x")).isInstanceOf(CancellationException.class);
      assertThat(Thread.interrupted()).isTrue();
      assertThat(encoder.encode("x")).hasSize(encoder.dimensions());
      assertThat(encoder.encode(List.of())).isEmpty();
    }
  }

  @Test
  void aClosedEncoderSaysSo() {
    TextEncoder encoder = TextEncoder.load(Encoders.folder("mean"), Encoders.EXACT);
    encoder.close();
    encoder.close();
    assertThatThrownBy(() -> encoder.encode("x"))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("the encoder is closed");
  }
}
