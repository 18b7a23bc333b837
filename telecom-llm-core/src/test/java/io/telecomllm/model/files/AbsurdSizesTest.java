package io.telecomllm.model.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.telecomllm.InvalidDataException;
import io.telecomllm.export.Export;
import io.telecomllm.model.Architecture;
import io.telecomllm.model.LanguageModel;
import io.telecomllm.model.ModelConfig;
import io.telecomllm.tensor.DataType;
import io.telecomllm.tensor.Device;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A configuration in range that the weights do not bear out: refused before it takes memory. */
class AbsurdSizesTest {
  private static final Path STATUS = Path.of("/proc/self/status");

  @TempDir Path folder;

  /** The most that the process has had mapped, in MiB; 0 where the system does not say. */
  private static long peak() throws IOException {
    if (!Files.exists(STATUS)) {
      return 0;
    }
    return Files.readAllLines(STATUS).stream()
        .filter(line -> line.startsWith("VmPeak:"))
        .mapToLong(line -> Long.parseLong(line.replaceAll("[^0-9]", "")) >> 10)
        .findFirst()
        .orElse(0);
  }

  private void load(boolean dense) {
    ModelLoader loader = ModelLoader.of(folder).device(Device.cpu()).computeType(DataType.FLOAT32);
    (dense ? loader.dense() : loader).load().close();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "hidden_size | 64 | 131072 | tensor model.embed_tokens.weight has shape [264, 64], the configuration needs [264, 131072]",
        "vocab_size | 264 | 4194304 | tensor model.embed_tokens.weight has shape [264, 64], the configuration needs [4194304, 64]",
        "intermediate_size | 128 | 524288 | tensor model.layers.0.mlp.gate_proj.weight has shape [128, 64], the configuration needs [524288, 64]",
        "head_dim | 16 | 4096 | tensor model.layers.0.self_attn.q_proj.weight has shape [64, 64], the configuration needs [16384, 64]",
        "num_hidden_layers | 2 | 1024 | model.layers.2.self_attn.q_proj.weight",
      })
  void theTensorsAreBelieved(String field, int size, int absurd, String message)
      throws IOException {
    ModelConfig config =
        ModelConfig.builder(Architecture.LLAMA)
            .hiddenSize(64)
            .intermediateSize(128)
            .layers(2)
            .heads(4, 2, 16)
            .vocabularySize(264)
            .contextLength(64)
            .tiedEmbeddings(true)
            .build();
    try (LanguageModel model =
        ModelLoader.random(config, 0.1, 1).dense().device(Device.cpu()).load()) {
      Export.of(model).type(DataType.FLOAT32).folder(folder);
    }
    load(true);
    load(false);
    Path file = folder.resolve("config.json");
    String json = Files.readString(file);
    String changed =
        json.replace("\"" + field + "\": " + size, "\"" + field + "\": " + absurd)
            .replace("\"num_attention_heads\": 4", heads(field));
    assertThat(changed).isNotEqualTo(json);
    Files.writeString(file, changed);
    long before = peak();
    for (boolean dense : new boolean[] {true, false}) {
      assertThatThrownBy(() -> load(dense))
          .isExactlyInstanceOf(InvalidDataException.class)
          .hasMessageStartingWith(folder.resolve("model.safetensors").toString())
          .hasMessageContaining(message);
    }
    assertThat(peak() - before).as("MiB mapped").isLessThan(512);
  }

  /** A head of 131072 / 4 features would be refused earlier. */
  private static String heads(String field) {
    return "\"num_attention_heads\": " + (field.equals("hidden_size") ? 64 : 4);
  }
}
