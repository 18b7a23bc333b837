package io.telecomllm.lineage;

import static org.assertj.core.api.Assertions.assertThat;

import io.telecomllm.lora.LoraAdapter;
import io.telecomllm.lora.LoraConfig;
import io.telecomllm.lora.Parameter;
import io.telecomllm.lora.peft.PeftFolder;
import io.telecomllm.model.LanguageModel;
import io.telecomllm.tensor.Device;
import io.telecomllm.tensor.Scope;
import io.telecomllm.testing.Adapters;
import io.telecomllm.testing.TinyModel;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AdapterFingerprintTest {
  @TempDir private Path folder;

  private static LoraConfig.Builder config() {
    return LoraConfig.builder().rank(2).alpha(4);
  }

  @Test
  void anAdapterHasItsFingerprintAlsoInAFolder() {
    try (LanguageModel model = TinyModel.load(100);
        LoraAdapter adapter = LoraAdapter.create(config().dora(true).build(), model, 1)) {
      Adapters.randomise(adapter, 0.3);
      PeftFolder.save(folder, adapter, "tiny");
      try (LoraAdapter read = PeftFolder.load(folder, model)) {
        assertThat(AdapterFingerprint.of(read)).isEqualTo(AdapterFingerprint.of(adapter));
      }
      assertThat(AdapterFingerprint.of(adapter)).matches("[0-9a-f]{64}");
    }
  }

  @Test
  void everyValueAndTheScaleCount() {
    Set<String> seen = new HashSet<>();
    try (LanguageModel model = TinyModel.load(100);
        Scope scope = Scope.open(Device.cpu());
        LoraAdapter adapter =
            LoraAdapter.create(
                config().dora(true).modulesToSave(Set.of("norm")).build(), model, 1)) {
      assertThat(seen.add(AdapterFingerprint.of(adapter))).isTrue();
      for (Parameter parameter : adapter.parameters()) {
        scope.operators().normalInPlace(parameter.value(), 0.1, 7);
        assertThat(seen.add(AdapterFingerprint.of(adapter))).as(parameter.name()).isTrue();
      }
    }
    try (LanguageModel model = TinyModel.load(100);
        LoraAdapter four = LoraAdapter.create(config().build(), model, 1);
        LoraAdapter five = LoraAdapter.create(config().alpha(5).build(), model, 1)) {
      assertThat(AdapterFingerprint.of(four)).isNotEqualTo(AdapterFingerprint.of(five));
    }
  }
}
