package io.telecomllm.export;

import static io.telecomllm.testing.Vectors.assertClose;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.telecomllm.TelecomLlmException;
import io.telecomllm.UnsupportedModelException;
import io.telecomllm.hub.ModelStore;
import io.telecomllm.json.StrictJson;
import io.telecomllm.lora.Deltas;
import io.telecomllm.model.LanguageModel;
import io.telecomllm.model.TokenBatch;
import io.telecomllm.model.files.ModelLoader;
import io.telecomllm.quantization.FourBitCode;
import io.telecomllm.quantization.QuantizationConfig;
import io.telecomllm.tensor.DataType;
import io.telecomllm.tensor.Device;
import io.telecomllm.tensor.Scope;
import io.telecomllm.testing.Golden;
import io.telecomllm.testing.Shared;
import io.telecomllm.testing.TinyModel;
import io.telecomllm.weights.Encoding;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** What is written loads again and computes the same: every architecture, dense and packed. */
@Tag("shared")
class SavedModelTest {
  static Stream<String> models() {
    return Shared.names("goldens/models");
  }

  private static ModelLoader loader(Path path) {
    return ModelLoader.of(path).device(Device.cpu()).computeType(DataType.FLOAT32);
  }

  private static float[] logits(LanguageModel model, int[] ids) {
    try (Scope scope = Scope.open(Device.cpu())) {
      return scope
          .operators()
          .toFloats(model.network().logits(TokenBatch.of(ids), null, Deltas.none(), null, scope));
    }
  }

  @ParameterizedTest
  @MethodSource("models")
  void dense(String name, @TempDir Path folder) {
    try (Golden golden = Golden.open("goldens/models/" + name + "/expected.safetensors");
        LanguageModel model = loader(Shared.path("goldens/models/" + name)).dense().load()) {
      Export.of(model).folder(folder);
      int[] ids = golden.ints("2.input_ids");
      try (LanguageModel again = loader(folder).dense().load()) {
        assertThat(again.config()).isEqualTo(model.config());
        assertThat(logits(again, ids)).isEqualTo(logits(model, ids));
      }
    }
  }

  @ParameterizedTest
  @MethodSource("models")
  void gguf(String name, @TempDir Path folder) {
    try (Golden golden = Golden.open("goldens/models/" + name + "/expected.safetensors");
        LanguageModel model = loader(Shared.path("goldens/models/" + name)).dense().load()) {
      Path file = folder.resolve("model.gguf");
      GgufFixtures.write(model, file, Encoding.F32);
      int[] ids = golden.ints("2.input_ids");
      try (LanguageModel again = loader(file).dense().load()) {
        assertClose(name, logits(again, ids), logits(model, ids), 2e-4);
      }
    }
  }

  @ParameterizedTest
  @CsvSource({"NF4, true", "NF4, false", "FP4, true", "FP4, false"})
  void packedAsBitsandbytesKeepsIt(FourBitCode code, boolean nested, @TempDir Path folder)
      throws IOException {
    QuantizationConfig packing = new QuantizationConfig(code, nested, 64);
    int[] ids = {3, 1, 4, 1, 5, 9, 2, 6};
    TinyModel.write(folder.resolve("dense"), 32);
    try (LanguageModel model = loader(folder.resolve("dense")).quantization(packing).load()) {
      Export.of(model).folder(folder.resolve("packed"));
      try (LanguageModel again = loader(folder.resolve("packed")).load()) {
        assertThat(again.weightBytes()).isEqualTo(model.weightBytes());
        assertThat(logits(again, ids)).isEqualTo(logits(model, ids));
      }
    }
    Path config = folder.resolve("packed/config.json");
    assertThat(StrictJson.read(config).object("quantization_config").string("bnb_4bit_quant_type"))
        .isEqualTo(code.name().toLowerCase(java.util.Locale.ROOT));
    assertThat(folder.resolve("packed/tokenizer.json")).exists();
    Files.writeString(config, Files.readString(config).replace("\"bitsandbytes\"", "\"gptq\""));
    assertThatThrownBy(() -> loader(folder.resolve("packed")).load())
        .isInstanceOf(UnsupportedModelException.class)
        .hasMessageContaining("quant_method")
        .hasMessageContaining("gptq");
  }

  @Test
  void namesAreFoundInTheCache(@TempDir Path home) throws IOException {
    String commit = "0123456789abcdef0123456789abcdef01234567";
    Path repository = home.resolve("hub/models--acme--tiny");
    TinyModel.write(repository.resolve("snapshots/" + commit), 32);
    Files.createDirectories(repository.resolve("refs"));
    Files.writeString(repository.resolve("refs/main"), commit);
    ModelStore store = ModelStore.fromEnvironment(Map.of("HF_HOME", home.toString())).offline(true);
    try (LanguageModel model = ModelLoader.of("acme/tiny", store).device(Device.cpu()).load()) {
      assertThat(model.path()).contains(repository.resolve("snapshots/" + commit));
      assertThat(model.name()).contains("acme/tiny");
    }
    assertThatThrownBy(() -> ModelLoader.of("acme/other", store).load())
        .isInstanceOf(TelecomLlmException.class)
        .hasMessageContaining("acme/other");
  }

  @Test
  void onlyWhatCanBeWrittenIsWritten(@TempDir Path folder) {
    try (LanguageModel model = TinyModel.load(16)) {
      assertThatThrownBy(() -> Export.of(model).type(DataType.UINT8))
          .hasMessage("weights are written as FLOAT32, BFLOAT16 or FLOAT16, not as UINT8");
      assertThatThrownBy(() -> Export.of(model).gguf(folder.resolve("x.gguf"), Encoding.Q4_K))
          .hasMessage("GGUF files are not written in Q4_K");
      assertThat(folder).isEmptyDirectory();
    }
  }
}
