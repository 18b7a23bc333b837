package io.telecomllm.lineage;

import static org.assertj.core.api.Assertions.assertThat;

import io.telecomllm.export.Export;
import io.telecomllm.model.Architecture;
import io.telecomllm.model.LanguageModel;
import io.telecomllm.model.ModelConfig;
import io.telecomllm.model.RopeScaling;
import io.telecomllm.model.files.ModelLoader;
import io.telecomllm.tensor.DataType;
import io.telecomllm.tensor.Device;
import io.telecomllm.testing.TinyModel;
import io.telecomllm.weights.Checkpoint;
import io.telecomllm.weights.SafetensorsWriter;
import io.telecomllm.weights.TensorInfo;
import io.telecomllm.weights.TensorSource;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BaseFingerprintTest {
  private static final ModelConfig CONFIG =
      ModelConfig.builder(Architecture.LLAMA)
          .layers(1)
          .hiddenSize(32)
          .heads(4, 2, 8)
          .rotarySize(8)
          .intermediateSize(64)
          .vocabularySize(2000)
          .contextLength(64)
          .tiedEmbeddings(true)
          .build();

  @TempDir Path folder;

  private static String of(LanguageModel model) {
    try (model) {
      return Lineage.Base.of(model).fingerprint();
    }
  }

  private String ofFolder() {
    return of(Fixture.model(folder));
  }

  private static LanguageModel random(long seed, DataType compute) {
    return ModelLoader.random(CONFIG, 0.1, seed)
        .device(Device.cpu())
        .computeType(compute)
        .dense()
        .load();
  }

  @Test
  void doesNotDependOnHowACheckpointIsLoaded() throws IOException {
    TinyModel.write(folder, 64);
    String expected = ofFolder();
    assertThat(expected).matches("[0-9a-f]{64}").isEqualTo(ofFolder());
    assertThat(of(Fixture.loader(folder).computeType(DataType.BFLOAT16).dense().load()))
        .isEqualTo(expected);
    assertThat(of(Fixture.loader(folder).computeType(DataType.FLOAT32).load())).isEqualTo(expected);
  }

  @Test
  void everyTensorAndTheConfigurationCount() throws IOException {
    TinyModel.write(folder, 64);
    Path weights = folder.resolve("model.safetensors");
    byte[] bytes = Files.readAllBytes(weights);
    TreeSet<String> seen = new TreeSet<>(List.of(ofFolder()));
    int changes = 0;
    try (TensorSource source = Checkpoint.open(weights)) {
      for (String name : source.names()) {
        TensorInfo info = source.info(name);
        byte[] changed = bytes.clone();
        changed[Math.toIntExact(info.offset() + info.bytes() / 2)] ^= 1;
        Files.write(weights, changed);
        seen.add(ofFolder());
        changes++;
      }
    }
    Files.write(weights, bytes);
    assertThat(changes).isGreaterThan(15);
    assertThat(seen).hasSize(1 + changes);
    Path config = folder.resolve("config.json");
    String text = Files.readString(config);
    Map<String, String> settings =
        Map.of(
            "10000.0", "20000.0",
            "1e-5", "1e-6",
            "\"model_type\"", "\"_comment\": \"none\", \"model_type\"",
            "\"vocab_size\"", "\"sliding_window\": null, \"vocab_size\"");
    for (Map.Entry<String, String> change : settings.entrySet()) {
      assertThat(text).contains(change.getKey());
      Files.writeString(config, text.replace(change.getKey(), change.getValue()));
      seen.add(ofFolder());
    }
    // what the configuration does not mean to the model leaves it the same
    assertThat(seen).hasSize(1 + changes + 2);
    Files.writeString(config, text);
    assertThat(of(Fixture.loader(folder).ropeScaling(RopeScaling.linear(2)).load()))
        .isNotIn(seen)
        .matches("[0-9a-f]{64}");
  }

  @Test
  void ofALargeTensorItSeesFourPieces() throws IOException {
    try (LanguageModel model = random(1, DataType.FLOAT32)) {
      Export.of(model).type(DataType.FLOAT32).folder(folder);
    }
    String expected = ofFolder();
    Path weights = folder.resolve("model.safetensors");
    byte[] bytes = Files.readAllBytes(weights);
    long start;
    long length;
    try (TensorSource source = Checkpoint.open(weights)) {
      start = source.info("model.embed_tokens.weight").offset();
      length = source.info("model.embed_tokens.weight").bytes();
    }
    assertThat(length).isEqualTo(2000 * 32 * 4);
    long third = (length - 16_384) / 3;
    Map<Long, Boolean> places = new LinkedHashMap<>();
    places.put(0L, true);
    places.put(16_383L, true);
    places.put(16_384L, false);
    places.put(third - 1, false);
    places.put(third, true);
    places.put(2 * third + 16_383, true);
    places.put(length - 16_385, false);
    places.put(length - 1, true);
    places.forEach(
        (place, visible) -> {
          byte[] changed = bytes.clone();
          changed[Math.toIntExact(start + place)] ^= 1;
          try {
            Files.write(weights, changed);
          } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
          }
          assertThat(!ofFolder().equals(expected)).as("byte %s", place).isEqualTo(visible);
        });
  }

  @Test
  void shardsAreTheSameBaseAndOtherTypesAreNot() throws IOException {
    TinyModel.write(folder, 64);
    String expected = ofFolder();
    Path whole = folder.resolve("model.safetensors");
    Map<String, SafetensorsWriter.Tensor> first = new LinkedHashMap<>();
    Map<String, SafetensorsWriter.Tensor> second = new LinkedHashMap<>();
    StringBuilder map = new StringBuilder();
    try (TensorSource source = Checkpoint.open(whole)) {
      for (String name : source.names()) {
        TensorInfo info = source.info(name);
        ByteBuffer bytes = ByteBuffer.allocate(Math.toIntExact(info.bytes()));
        source.read(name, bytes);
        boolean even = first.size() <= second.size();
        (even ? first : second)
            .put(name, SafetensorsWriter.Tensor.of(DataType.FLOAT32, info.shape(), bytes.flip()));
        map.append(map.isEmpty() ? "" : ", ")
            .append('"')
            .append(name)
            .append(even ? "\": \"a.safetensors\"" : "\": \"b.safetensors\"");
      }
    }
    SafetensorsWriter.write(folder.resolve("a.safetensors"), first, Map.of());
    SafetensorsWriter.write(folder.resolve("b.safetensors"), second, Map.of());
    Files.writeString(
        folder.resolve("model.safetensors.index.json"), "{\"weight_map\": {" + map + "}}");
    Files.delete(whole);
    assertThat(ofFolder()).isEqualTo(expected);
    try (LanguageModel model = Fixture.model(folder)) {
      Export.of(model).type(DataType.BFLOAT16).folder(folder);
    }
    assertThat(ofFolder()).isNotEqualTo(expected);
  }

  @Test
  void randomWeightsHaveOneTooInEveryComputeType() {
    String expected = of(random(1, DataType.FLOAT32));
    assertThat(of(random(1, DataType.FLOAT32))).isEqualTo(expected);
    assertThat(of(random(1, DataType.BFLOAT16))).isEqualTo(expected);
    assertThat(of(random(2, DataType.FLOAT32))).isNotEqualTo(expected);
    try (LanguageModel model = random(1, DataType.FLOAT32)) {
      assertThat(Lineage.Base.of(model).name()).isEqualTo("random weights");
    }
  }
}
