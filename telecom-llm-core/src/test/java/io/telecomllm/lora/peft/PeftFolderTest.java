package io.telecomllm.lora.peft;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.telecomllm.IncompatibleException;
import io.telecomllm.InvalidDataException;
import io.telecomllm.StorageException;
import io.telecomllm.UnsupportedModelException;
import io.telecomllm.lora.AdaptedModule;
import io.telecomllm.lora.FakeModel;
import io.telecomllm.lora.LoraAdapter;
import io.telecomllm.lora.LoraConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PeftFolderTest {
  private static final List<AdaptedModule> MODULES =
      List.of(new AdaptedModule("m.q_proj", 6, 4), new AdaptedModule("m.o_proj", 4, 6));

  @TempDir Path folder;

  private static FakeModel model(List<AdaptedModule> modules) {
    return new FakeModel(modules, Map.of());
  }

  @BeforeEach
  void write() {
    LoraConfig config = LoraConfig.builder().rank(2).alpha(3).build();
    try (LoraAdapter adapter = LoraAdapter.create(config, model(MODULES), 1)) {
      assertThat(adapter.trainableParameters()).isEqualTo(2 * (4 + 6) + 2 * (6 + 4));
      PeftFolder.save(folder, adapter, "some/base");
    }
  }

  private LoraAdapter load(List<AdaptedModule> modules) {
    return PeftFolder.load(folder, model(modules));
  }

  private void change(String from, String to) throws IOException {
    Path config = folder.resolve("adapter_config.json");
    String text = Files.readString(config);
    assertThat(text).contains(from);
    Files.writeString(config, text.replace(from, to));
  }

  @Test
  void onlyTheTwoFilesAreThere() throws IOException {
    try (var files = Files.list(folder)) {
      assertThat(files.map(f -> f.getFileName().toString()))
          .containsExactlyInAnyOrder("adapter_config.json", "adapter_model.safetensors");
    }
    assertThat(Files.readString(folder.resolve("adapter_config.json")))
        .contains("\"base_model_name_or_path\": \"some/base\"", "\"r\": 2", "\"lora_alpha\": 3");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "\"bias\": \"none\" | \"bias\": \"some\" | bias is some, only none, all and lora_only",
        "\"peft_type\": \"LORA\" | \"peft_type\": \"IA3\" | peft_type is IA3, only LORA is supported",
        "\"r\": 2 | \"r\": 2, \"use_qalora\": true | use_qalora is true, which is not supported",
        "\"r\": 2 | \"r\": 2, \"use_next_year\": true | use_next_year is true, which is not",
        "\"r\": 2 | \"r\": 2, \"use_bdlora\": {\"nblocks\": 2} | use_bdlora is {nblocks=2}",
        "\"r\": 2 | \"r\": 2, \"lora_bias\": true | lora_bias is true",
        "\"fan_in_fan_out\": false | \"fan_in_fan_out\": true | fan_in_fan_out is true",
        "\"r\": 2 | \"r\": 2, \"layer_replication\": [[0, 1]] | layer_replication is [[0, 1]]",
        "\"r\": 2 | \"r\": 2, \"target_parameters\": [\"w\"] | target_parameters is [w]",
        "\"r\": 2 | \"r\": 2, \"trainable_token_indices\": [1] | trainable_token_indices is [1]",
        "\"r\": 2 | \"r\": 2, \"alora_invocation_tokens\": [1] | alora_invocation_tokens is [1]",
        "\"init_lora_weights\": true | \"init_lora_weights\": \"pissa_niter_4\" | init_lora_weights is pissa_niter_4, which belongs to a changed base",
      })
  void settingsThatWouldBeIgnoredAreRefused(String from, String to, String message)
      throws IOException {
    change(from, to);
    assertThatThrownBy(() -> load(MODULES))
        .isInstanceOf(UnsupportedModelException.class)
        .hasMessageContaining(message)
        .hasMessageContaining("adapter_config.json");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "\"r\": 2 | \"r\": 0 | r",
        "\"r\": 2 | \"r\": 2.5 | r",
        "\"lora_alpha\": 3 | \"lora_alpha\": -1 | alpha is -1.0, must be finite and over 0",
        "\"r\": 2, | '' | r",
        "{ | [ | adapter_config.json",
      })
  void damagedConfigurationsAreRefused(String from, String to, String message) throws IOException {
    change(from, to);
    assertThatThrownBy(() -> load(MODULES))
        .isInstanceOf(InvalidDataException.class)
        .hasMessageContaining(message);
  }

  @Test
  void theAdapterOfAnotherBaseIsRefused() throws IOException {
    assertThatThrownBy(() -> load(List.of(new AdaptedModule("m.q_proj", 6, 4))))
        .isInstanceOf(IncompatibleException.class)
        .hasMessageContaining("adapts the layer m.o_proj, which this base model does not have");
    assertThatThrownBy(() -> load(List.of(new AdaptedModule("m.q_proj", 6, 5), MODULES.get(1))))
        .isInstanceOf(IncompatibleException.class)
        .hasMessageContaining("base_model.model.m.q_proj.lora_A.weight has shape [2, 4]")
        .hasMessageContaining("need [2, 5]");
    change("\"r\": 2", "\"r\": 3");
    assertThatThrownBy(() -> load(MODULES))
        .isInstanceOf(IncompatibleException.class)
        .hasMessageContaining("need [3, ");
  }

  @Test
  void valuesThatAreNotFiniteAreRefused() throws IOException {
    Path weights = folder.resolve("adapter_model.safetensors");
    byte[] bytes = Files.readAllBytes(weights);
    // the last value in the file becomes NaN
    bytes[bytes.length - 1] = (byte) 0x7f;
    bytes[bytes.length - 2] = (byte) 0xc0;
    Files.write(weights, bytes);
    assertThatThrownBy(() -> load(MODULES))
        .isInstanceOf(InvalidDataException.class)
        .hasMessageContaining("holds NaN at element");
  }

  @Test
  void missingFilesAndUnwritableFoldersAreNamed() throws IOException {
    Files.delete(folder.resolve("adapter_model.safetensors"));
    assertThatThrownBy(() -> load(MODULES))
        .isInstanceOf(InvalidDataException.class)
        .hasMessageContaining("adapter_model.safetensors");
    Path file = Files.writeString(folder.resolve("file"), "");
    try (LoraAdapter adapter = LoraAdapter.create(LoraConfig.defaults(), model(MODULES), 1)) {
      assertThatThrownBy(() -> PeftFolder.save(file.resolve("below"), adapter, "base"))
          .isInstanceOf(StorageException.class)
          .hasMessageContaining("cannot be written");
    }
  }
}
