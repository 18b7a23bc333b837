package io.telecomllm.embedding;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.telecomllm.InvalidDataException;
import io.telecomllm.TelecomLlmException;
import io.telecomllm.UnsupportedModelException;
import io.telecomllm.tensor.DataType;
import io.telecomllm.tensor.Device;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is no such encoder is refused with the field and the reason. */
class EncoderRefusalTest {
  @TempDir private Path folder;

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "config.json | \"bert\" | \"roberta\" | model_type is roberta, supported is bert",
        "config.json | \"gelu\" | \"relu\" | hidden_act is relu, supported is gelu",
        "config.json | \"is_decoder\": false | \"is_decoder\": true | is_decoder is true",
        "config.json | \"use_cache\": true | \"position_embedding_type\": \"relative_key\""
            + " | position_embedding_type is relative_key, supported is absolute",
        "1_Pooling/config.json | _cls_token\": true | _cls_token\": false | pools by []",
        "1_Pooling/config.json | _max_tokens\": false | _max_tokens\": true | pools by [pooling",
        "modules.json | models.Normalize | models.Dense | Dense, supported are",
      })
  void otherArchitectures(String file, String part, String by, String reason) throws IOException {
    Encoders.copy("cls", folder);
    Encoders.replace(folder.resolve(file), part, by);
    assertThatThrownBy(() -> TextEncoder.load(folder))
        .isInstanceOf(UnsupportedModelException.class)
        .hasMessageContaining(folder.resolve(file).toString())
        .hasMessageContaining(reason);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "\"num_attention_heads\": 3 | \"num_attention_heads\": 5 | a divisor of hidden_size 24",
        "\"hidden_size\": 24 | \"hidden_size\": 48 | word_embedding_dimension",
        "\"intermediate_size\": 40 | \"intermediate_size\": 41 | config.json needs [41, 24]",
        "\"num_hidden_layers\": 2 | \"num_hidden_layers\": 3 | encoder.layer.2",
        "\"layer_norm_eps\": 1e-12 | \"layer_norm_eps\": 0 | a number between 0 and 1",
        "\"vocab_size\": 220 | \"vocab_size\": 200 | the tokenizer has ids up to 219",
      })
  void contradictions(String part, String by, String reason) throws IOException {
    Encoders.copy("cls", folder);
    Encoders.replace(folder.resolve("config.json"), part, by);
    assertThatThrownBy(() -> TextEncoder.load(folder))
        .isInstanceOf(InvalidDataException.class)
        .hasMessageContaining(folder.toString())
        .hasMessageContaining(reason);
  }

  @ParameterizedTest
  @CsvSource({"config.json", "model.safetensors", "tokenizer.json", "1_Pooling/config.json"})
  void missingFiles(String file) throws IOException {
    Encoders.copy("cls", folder);
    Files.delete(folder.resolve(file));
    assertThatThrownBy(() -> TextEncoder.load(folder))
        .isInstanceOf(InvalidDataException.class)
        .hasMessageContaining(file);
  }

  @Test
  void withoutAPoolingFileItIsSet() throws IOException {
    Encoders.copy("cls", folder);
    Files.delete(folder.resolve("1_Pooling").resolve("config.json"));
    try (TextEncoder set = TextEncoder.load(folder, Encoders.EXACT.pooling(Pooling.CLS));
        TextEncoder own = TextEncoder.load(Encoders.folder("cls"), Encoders.EXACT)) {
      assertThat(set.id()).isEqualTo(own.id());
    }
  }

  @Test
  void weightsThatAreNoNumbers() throws IOException {
    Encoders.copy("cls", folder);
    Path weights = folder.resolve("model.safetensors");
    byte[] bytes = Files.readAllBytes(weights);
    bytes[bytes.length - 1] = 0x7f;
    bytes[bytes.length - 2] = (byte) 0xc0;
    Files.write(weights, bytes);
    assertThatThrownBy(() -> TextEncoder.load(folder))
        .isInstanceOf(InvalidDataException.class)
        .hasMessageContaining("holds NaN");
  }

  @Test
  void flippedBytesOfTheSettingsAreRefusedOrLoad() throws IOException {
    Random random = new Random(16);
    for (int i = 0; i < 200; i++) {
      Path copy = Encoders.copy("cls", folder.resolve("copy" + i));
      Path file = copy.resolve(i % 2 == 0 ? "config.json" : "1_Pooling/config.json");
      byte[] bytes = Files.readAllBytes(file);
      bytes[random.nextInt(bytes.length)] ^= (byte) (1 << random.nextInt(8));
      Files.write(file, bytes);
      try (TextEncoder encoder = TextEncoder.load(copy)) {
        assertThat(encoder.encode("x")).hasSize(24).doesNotContain(Float.NaN);
      } catch (TelecomLlmException e) {
        assertThat(e).hasMessageContaining(copy.toString());
      }
    }
  }

  @Test
  void typesThatCannotCompute() {
    assertThatThrownBy(() -> EncoderSettings.defaults().on(Device.cpu(), DataType.INT64))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("INT64");
    assertThatThrownBy(() -> EncoderSettings.defaults().queryInstruction("x".repeat(1_001)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("1001 characters");
  }
}
