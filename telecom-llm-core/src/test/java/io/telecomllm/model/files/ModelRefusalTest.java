package io.telecomllm.model.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.telecomllm.DeviceException;
import io.telecomllm.InvalidDataException;
import io.telecomllm.UnsupportedModelException;
import io.telecomllm.export.Export;
import io.telecomllm.lora.Deltas;
import io.telecomllm.model.Architecture;
import io.telecomllm.model.KvCache;
import io.telecomllm.model.LanguageModel;
import io.telecomllm.model.ModelConfig;
import io.telecomllm.model.TokenBatch;
import io.telecomllm.tensor.DataType;
import io.telecomllm.tensor.Device;
import io.telecomllm.tensor.Scope;
import io.telecomllm.testing.TinyModel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What cannot be run is refused by name; nothing aborts, nothing half loaded stays. */
class ModelRefusalTest {
  private static final String CONFIG =
      """
      {"model_type": "llama", "hidden_size": 32, "intermediate_size": 64, "hidden_act": "silu",
       "num_hidden_layers": 2, "num_attention_heads": 4, "num_key_value_heads": 2,
       "vocab_size": 264, "max_position_embeddings": 64, "rms_norm_eps": 1e-5,
       "rope_theta": 10000.0, "tie_word_embeddings": true}
      """;

  @TempDir Path folder;

  @BeforeEach
  void write() throws IOException {
    ModelConfig config =
        ModelConfig.builder(Architecture.LLAMA)
            .hiddenSize(32)
            .intermediateSize(64)
            .layers(2)
            .heads(4, 2, 8)
            .vocabularySize(264)
            .contextLength(64)
            .tiedEmbeddings(true)
            .build();
    try (LanguageModel model =
        ModelLoader.random(config, 0.1, 1)
            .dense()
            .device(Device.cpu())
            .computeType(DataType.FLOAT32)
            .load()) {
      Export.of(model).type(DataType.FLOAT32).folder(folder);
    }
    assertThat(folder.resolve("model.safetensors")).exists();
  }

  private LanguageModel load() {
    return ModelLoader.of(folder).device(Device.cpu()).computeType(DataType.FLOAT32).dense().load();
  }

  @Test
  void whatIsWrittenLoads() throws IOException {
    load().close();
    Files.writeString(folder.resolve("config.json"), CONFIG);
    load().close();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "\"llama\" | \"mamba\" | model_type is mamba, supported are phi3, llama, mistral, qwen2, qwen3,"
            + " phi, falcon",
        "\"silu\" | \"relu\" | hidden_act is relu, supported are silu",
        "\"rope_theta\": 10000.0 | \"rope_scaling\": {\"type\": \"axial\"} | rope_type is axial,"
            + " supported",
      })
  void unknownArchitecturesAreRefusedByName(String from, String to, String message)
      throws IOException {
    Files.writeString(folder.resolve("config.json"), CONFIG.replace(from, to));
    assertThatThrownBy(this::load)
        .isInstanceOf(UnsupportedModelException.class)
        .hasMessageContaining(message)
        .hasMessageContaining("config.json");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "\"num_key_value_heads\": 2 | \"num_key_value_heads\": 3 | field num_key_value_heads:"
            + " expected a divisor of num_attention_heads 4, found 3",
        "\"hidden_size\": 32 | \"hidden_size\": 48 | has shape [264, 32]",
        "\"hidden_size\": 32 | \"hidden_size\": -1 | hidden_size",
        "\"hidden_size\": 32 | \"hidden_size\": 9999999999 | hidden_size",
        "\"num_hidden_layers\": 2 | \"num_hidden_layers\": 3 |"
            + " model.layers.2.self_attn.q_proj.weight",
        "\"vocab_size\": 264, | '' | vocab_size",
        "\"rms_norm_eps\": 1e-5 | \"rms_norm_eps\": -1 | field rms_norm_eps: expected a number from"
            + " 0 to below 1, found -1",
      })
  void contradictoryConfigurationsAreRefusedByField(String from, String to, String message)
      throws IOException {
    Files.writeString(folder.resolve("config.json"), CONFIG.replace(from, to));
    assertThatThrownBy(this::load)
        .isInstanceOf(InvalidDataException.class)
        .hasMessageContaining(message);
  }

  @Test
  void missingAndTruncatedFilesAreRefused() throws IOException {
    byte[] weights = Files.readAllBytes(folder.resolve("model.safetensors"));
    Files.write(
        folder.resolve("model.safetensors"), java.util.Arrays.copyOf(weights, weights.length / 2));
    assertThatThrownBy(this::load)
        .isInstanceOf(InvalidDataException.class)
        .hasMessageContaining("model.safetensors");
    Files.delete(folder.resolve("config.json"));
    Files.write(folder.resolve("model.safetensors"), weights);
    assertThatThrownBy(this::load)
        .isInstanceOf(InvalidDataException.class)
        .hasMessageContaining("config.json");
    assertThatThrownBy(() -> ModelLoader.load(folder.resolve("absent")))
        .isInstanceOf(InvalidDataException.class)
        .hasMessageContaining("absent");
  }

  @Test
  void aGpuThatIsNotThereIsAnError() {
    assertThatThrownBy(() -> ModelLoader.of(folder).device(Device.cuda(99)).load())
        .isInstanceOf(DeviceException.class)
        .hasMessageContaining("cuda:99 was asked for, but the PyTorch library in use sees");
    assertThatThrownBy(() -> Device.parse("gpu"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("device is gpu, must be cpu, cuda or cuda:N");
  }

  @Test
  void tokensOutsideTheModelAreRefused() {
    try (LanguageModel model = TinyModel.load(16);
        Scope scope = Scope.open(Device.cpu())) {
      assertThatThrownBy(
              () ->
                  model
                      .network()
                      .logits(TokenBatch.of(new int[17]), null, Deltas.none(), null, scope))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage("17 tokens are more than the context length 16 of this model");
      assertThatThrownBy(
              () -> model.network().logits(TokenBatch.of(1, 264), null, Deltas.none(), null, scope))
          .hasMessage("token id 264, must be 0 to 263");
      try (KvCache cache = model.network().newCache(4)) {
        assertThatThrownBy(
                () ->
                    model
                        .network()
                        .logits(TokenBatch.of(new int[5]), cache, Deltas.none(), null, scope))
            .hasMessage("5 tokens and 0 in the cache are more than its capacity 4");
      }
      assertThatThrownBy(() -> model.network().newCache(17))
          .hasMessage("cache capacity is 17, must be 1 to the context length 16");
      model.close();
      assertThatThrownBy(
              () -> model.network().logits(TokenBatch.of(1), null, Deltas.none(), null, scope))
          .isInstanceOf(IllegalStateException.class)
          .hasMessage("the model is closed");
    }
  }
}
