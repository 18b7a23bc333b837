package io.telecomllm.export;

import static org.assertj.core.api.Assertions.assertThat;

import io.telecomllm.lora.LoraAdapter;
import io.telecomllm.lora.LoraConfig;
import io.telecomllm.model.LanguageModel;
import io.telecomllm.model.files.ModelLoader;
import io.telecomllm.quantization.QuantizationConfig;
import io.telecomllm.tensor.DataType;
import io.telecomllm.tensor.Device;
import io.telecomllm.testing.Adapters;
import io.telecomllm.testing.TinyModel;
import io.telecomllm.weights.Encoding;
import io.telecomllm.weights.SafetensorsFile;
import io.telecomllm.weights.TensorSource;
import java.io.IOException;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is written does not depend on the type that the model happened to compute in. */
class ExactExportTest {
  @TempDir Path folder;

  private Path checkpoint;

  @BeforeEach
  void write() throws IOException {
    checkpoint = folder.resolve("model");
    TinyModel.write(checkpoint, 64);
  }

  private LanguageModel load(DataType compute, boolean packed) {
    ModelLoader loader = ModelLoader.of(checkpoint).device(Device.cpu()).computeType(compute);
    return (packed ? loader.quantization(QuantizationConfig.nf4()) : loader.dense()).load();
  }

  private static Map<String, List<Float>> values(Path written) {
    Map<String, List<Float>> all = new HashMap<>();
    try (TensorSource source = SafetensorsFile.open(written.resolve("model.safetensors"))) {
      for (String name : source.names()) {
        float[] values = new float[(int) source.info(name).elements()];
        source.readFloats(name, FloatBuffer.wrap(values));
        all.put(name, com.google.common.primitives.Floats.asList(values));
      }
    }
    return all;
  }

  @Test
  void aModelThatComputesInBfloat16IsWrittenInFloat32AsItsCheckpointHasIt() {
    Path copy = folder.resolve("copy");
    try (LanguageModel model = load(DataType.BFLOAT16, false)) {
      Export.of(model).type(DataType.FLOAT32).folder(copy);
    }
    assertThat(values(copy)).isEqualTo(values(checkpoint));
  }

  @ParameterizedTest
  @CsvSource({
    "BFLOAT16,FLOAT32",
    "BFLOAT16,FLOAT16",
    "FLOAT16,FLOAT32",
    "FLOAT16,BFLOAT16",
  })
  void dense(DataType compute, DataType type) {
    try (LanguageModel rounded = load(compute, false);
        LanguageModel exact = load(DataType.FLOAT32, false)) {
      Export.of(rounded).type(type).folder(folder.resolve("rounded"));
      Export.of(exact).type(type).folder(folder.resolve("exact"));
    }
    assertThat(values(folder.resolve("rounded"))).isEqualTo(values(folder.resolve("exact")));
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void merged(boolean packed) {
    LoraConfig config = LoraConfig.builder().rank(4).alpha(8).build();
    for (DataType type : List.of(DataType.FLOAT32, DataType.FLOAT16)) {
      for (DataType compute : List.of(DataType.BFLOAT16, DataType.FLOAT32)) {
        try (LanguageModel model = load(compute, packed);
            LoraAdapter adapter = LoraAdapter.create(config, model, 1)) {
          Adapters.randomise(adapter, 0.1);
          Export.of(model).merging(adapter).type(type).folder(folder.resolve("" + compute));
        }
      }
      assertThat(values(folder.resolve("BFLOAT16"))).isEqualTo(values(folder.resolve("FLOAT32")));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"F32", "F16", "Q8_0"})
  void gguf(Encoding encoding) throws IOException {
    try (LanguageModel rounded = load(DataType.BFLOAT16, false);
        LanguageModel exact = load(DataType.FLOAT32, false)) {
      Export.of(rounded).gguf(folder.resolve("rounded.gguf"), encoding);
      Export.of(exact).gguf(folder.resolve("exact.gguf"), encoding);
    }
    assertThat(Files.mismatch(folder.resolve("rounded.gguf"), folder.resolve("exact.gguf")))
        .isEqualTo(-1);
  }
}
