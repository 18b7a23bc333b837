package io.telecomllm.lora;

import static org.assertj.core.api.Assertions.assertThat;

import io.telecomllm.tensor.Device;
import io.telecomllm.tensor.Scope;
import io.telecomllm.testing.Golden;
import io.telecomllm.testing.Shared;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** PEFT's folders with biases hold what their configuration says, value for value. */
class BiasFolderTest {
  @ParameterizedTest
  @ValueSource(strings = {"phi2-bias", "phi2-bias-all", "phi2-bias-dora"})
  void everyTensorIsRead(String name) {
    Path folder =
        name.equals("phi2-bias")
            ? Shared.path("goldens/adapters/phi2-bias")
            : Path.of("src/test/resources/io/telecomllm/lora/adapters", name).toAbsolutePath();
    try (Golden file = Golden.open(folder.resolve("adapter_model.safetensors").toString());
        LoraAdapter adapter = LoraAdapter.load(folder, FakeModel.phi2(3, 64, 128));
        Scope scope = Scope.open(Device.cpu())) {
      Set<String> read = new TreeSet<>();
      for (Parameter parameter : adapter.parameters()) {
        String plain = "base_model.model." + parameter.name();
        String wrapped = plain.replaceAll("\\.bias$", ".base_layer.bias");
        String onDisk =
            parameter.name().contains(".lora_")
                ? parameter.name()
                : file.names().contains(wrapped) ? wrapped : plain;
        assertThat(scope.operators().toFloats(parameter.value())).isEqualTo(file.floats(onDisk));
        read.add(onDisk);
      }
      assertThat(read).isEqualTo(new TreeSet<>(file.names()));
    }
  }
}
