package io.telecomllm.export;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.data.Percentage.withPercentage;

import io.telecomllm.json.StrictJson;
import io.telecomllm.model.ModelConfig;
import io.telecomllm.model.RopeScaling;
import io.telecomllm.model.SlidingWindow;
import io.telecomllm.model.files.GgufConfig;
import io.telecomllm.model.files.GgufLayout;
import io.telecomllm.model.files.GgufRope;
import io.telecomllm.model.files.HuggingFaceConfig;
import io.telecomllm.testing.Golden;
import io.telecomllm.testing.Shared;
import io.telecomllm.tokenizer.Vocabulary;
import io.telecomllm.weights.Checkpoint;
import io.telecomllm.weights.Encoding;
import io.telecomllm.weights.GgufFile;
import io.telecomllm.weights.TensorInfo;
import io.telecomllm.weights.TensorSource;
import java.io.IOException;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The reference models as GGUF files, which stay in target/gguf for tools/check_gguf.py. */
@Tag("shared")
class GgufExportTest {
  private static final List<Encoding> ENCODINGS =
      List.of(Encoding.F32, Encoding.F16, Encoding.BF16, Encoding.Q8_0, Encoding.Q4_0);

  /** How many greedy tokens of a real model are compared. */
  private static final int TOKENS = 16;

  private static List<Path> models() throws IOException {
    try (Stream<Path> list = Files.list(Shared.path("goldens/models"))) {
      List<Path> models = list.sorted().toList();
      assertThat(models).isNotEmpty();
      return models;
    }
  }

  @Test
  void whatIsWrittenIsReadByHuggingFacesNames() throws IOException {
    Path folder = Files.createDirectories(Path.of("target", "gguf"));
    for (Path model : models()) {
      ModelConfig config = HuggingFaceConfig.read(StrictJson.read(model.resolve("config.json")));
      try (TensorSource source = Checkpoint.open(model)) {
        for (Encoding encoding : ENCODINGS) {
          Path path = folder.resolve(model.getFileName() + "." + encoding + ".gguf");
          GgufExport.write(
              path,
              model.getFileName().toString(),
              config,
              GgufFixtures.weights(source),
              encoding,
              GgufFixtures.vocabulary(config.vocabularySize()));
          try (GgufFile file = GgufFile.open(path)) {
            assertRead(config, GgufConfig.read(file));
            assertThat(file.fields().integer("general.file_type", 0, 99))
                .isEqualTo(GgufLayout.fileType(encoding));
            assertThat(file.names())
                .hasSize(source.names().size() + GgufRope.tensors(config).size());
            for (String name : source.names()) {
              assertSame(source, file, config, name, encoding);
            }
          }
        }
      }
      expect(model, folder, config);
    }
  }

  /** What GGUF files keep: of LLaMA 3's scaling the divisors, Mistral as LLaMA with a window. */
  private static void assertRead(ModelConfig written, ModelConfig read) {
    assertThat(read.toBuilder().ropeScaling(RopeScaling.none()).build())
        .usingRecursiveComparison()
        .withComparatorForType(
            (a, b) -> Math.abs(a - b) <= 1e-6 * Math.abs(a) ? 0 : 1, Double.class)
        .isEqualTo(written.toBuilder().ropeScaling(RopeScaling.none()).build());
    for (int length : new int[] {8, written.contextLength()}) {
      float[] expected = written.rope().frequencies(written.rope().scaling().regime(length));
      float[] found = read.rope().frequencies(read.rope().scaling().regime(length));
      for (int i = 0; i < expected.length; i++) {
        assertThat(found[i]).isCloseTo(expected[i], withPercentage(1e-4));
      }
    }
    assertThat(read.rope().scaling().attentionFactor())
        .isCloseTo(written.rope().scaling().attentionFactor(), withPercentage(1e-4));
  }

  private static void assertSame(
      TensorSource source, GgufFile file, ModelConfig config, String name, Encoding wanted) {
    GgufLayout layout = GgufLayout.of(config.architecture());
    TensorInfo info = file.info(layout.tensor(name));
    assertThat(info.shape()).as(name).isEqualTo(source.info(name).shape());
    float[] expected = floats(source, name);
    float[] found = floats(file, info.name());
    int width = info.shape().size() == 1 ? 1 : info.shape().get(1).intValue();
    int rows = expected.length / width;
    double bound =
        switch (info.encoding()) {
          case F32 -> 0;
          case F16 -> 0x1p-11;
          case BF16 -> 0x1p-8;
          case Q8_0 -> 0.5 / 127 + 0x1p-10;
          case Q4_0 -> 0.126;
          default -> throw new AssertionError(info.encoding());
        };
    for (int row = 0; row < rows; row++) {
      int stored = layout.reorders(name) ? (int) GgufLayout.toFileRow(row, config.headSize()) : row;
      double largest = 0;
      for (int i = 0; i < width; i++) {
        largest = Math.max(largest, Math.abs(expected[row * width + i]));
      }
      double most = bound * largest + (bound == 0 ? 0 : 1e-6);
      for (int i = 0; i < width; i++) {
        double error = Math.abs(found[stored * width + i] - expected[row * width + i]);
        if (!(error <= most)) {
          assertThat(error)
              .as("%s %s row %s value %s", wanted, name, row, i)
              .isLessThanOrEqualTo(most);
        }
      }
    }
  }

  private static float[] floats(TensorSource source, String name) {
    FloatBuffer values = FloatBuffer.allocate((int) source.info(name).elements());
    source.readFloats(name, values);
    return values.array();
  }

  /**
   * What transformers continues with; of quantized weights, what this library does. llama.cpp knows
   * no sliding window here, so those prompts end where the window does.
   */
  private static void expect(Path model, Path folder, ModelConfig config) throws IOException {
    String name = model.getFileName().toString();
    try (Golden golden = Golden.open("goldens/models/" + name + "/expected.safetensors")) {
      int[] prompt = golden.ints("1.input_ids");
      int[] all = golden.ints("greedy.output_ids");
      int[] continuation = Arrays.copyOfRange(all, prompt.length, all.length);
      int size = config.vocabularySize();
      int window = config.slidingWindow().map(SlidingWindow::size).orElse(all.length);
      if (window < all.length) {
        prompt = Arrays.copyOf(prompt, window);
        float[] logits = golden.floats("1.logits");
        continuation = new int[] {GgufFixtures.largest(logits, (window - 1) * size, size)};
      } else if (config.rope().scaling() instanceof RopeScaling.LongRope longRope) {
        // llama.cpp takes the factors of long sequences where its context is long
        prompt = golden.ints("2.input_ids");
        assertThat(prompt.length).isGreaterThan(longRope.original());
        float[] logits = golden.floats("2.logits");
        continuation = new int[] {GgufFixtures.largest(logits, logits.length - size, size)};
      }
      for (Encoding encoding : ENCODINGS) {
        Path path = folder.resolve(name + "." + encoding + ".gguf");
        int[] own = GgufFixtures.greedy(path, prompt, continuation.length);
        if (encoding == Encoding.F32) {
          assertThat(own).as(name).isEqualTo(continuation);
        }
        GgufFixtures.expect(path, prompt, own, 64);
      }
    }
  }

  /** A real model, its weights written anew in three formats with its vocabulary. */
  @Test
  void smolLm2SaysTheSameInEveryFormat() throws IOException {
    Path folder = Files.createDirectories(Path.of("target", "gguf", "smollm2"));
    Path original = Shared.gguf();
    Vocabulary vocabulary = Vocabulary.load(original);
    int[] prompt;
    try (Golden golden = Golden.open("goldens/smollm2/expected.safetensors")) {
      prompt = golden.ints("input_ids");
    }
    int[] reference = GgufFixtures.greedy(original, prompt, TOKENS);
    try (GgufFile source = GgufFile.open(original)) {
      ModelConfig config = GgufConfig.read(source);
      Map<String, GgufExport.Weight> weights = GgufFixtures.huggingFaceWeights(source, config);
      assertThat(weights).hasSize(source.names().size());
      for (Encoding encoding : List.of(Encoding.F16, Encoding.Q8_0, Encoding.Q4_0)) {
        Path path = folder.resolve("smollm2." + encoding + ".gguf");
        GgufExport.write(
            path,
            "SmolLM2",
            config,
            weights,
            encoding,
            vocabulary.metadata(config.vocabularySize()));
        int[] own = GgufFixtures.greedy(path, prompt, TOKENS);
        GgufFixtures.expect(path, prompt, own, 256);
        if (encoding == Encoding.F16) {
          assertThat(own).isEqualTo(reference);
        }
      }
    }
  }
}
