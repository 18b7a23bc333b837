package io.telecomllm.lora.peft;

import static org.assertj.core.api.Assertions.assertThat;

import io.telecomllm.json.JsonView;
import io.telecomllm.json.StrictJson;
import io.telecomllm.lora.FakeModel;
import io.telecomllm.lora.LoraAdapter;
import io.telecomllm.lora.Parameter;
import io.telecomllm.tensor.Device;
import io.telecomllm.tensor.Scope;
import io.telecomllm.testing.Golden;
import io.telecomllm.testing.Shared;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** PEFT's folders with biases hold what their configuration says, value for value. */
@Tag("shared")
class BiasFolderTest {
  private static final Path OWN = Path.of("src/test/resources/io/telecomllm/lora").toAbsolutePath();

  @ParameterizedTest
  @ValueSource(strings = {"phi2-bias", "phi2-bias-all", "phi2-bias-dora"})
  void everyTensorIsRead(String name) {
    Path folder =
        name.equals("phi2-bias")
            ? Shared.path("goldens/adapters/phi2-bias")
            : OWN.resolve("adapters").resolve(name);
    JsonView base =
        StrictJson.read(
            (name.equals("phi2-bias") ? Shared.path("goldens/models") : OWN.resolve("models"))
                .resolve("phi2/config.json"));
    FakeModel model =
        FakeModel.phi2(
            base.integer("num_hidden_layers", 1, 100),
            base.integer("hidden_size", 1, 10_000),
            base.integer("intermediate_size", 1, 10_000),
            base.integer("vocab_size", 1, 100_000));
    try (Golden file = Golden.open(folder.resolve("adapter_model.safetensors").toString());
        LoraAdapter adapter = PeftFolder.load(folder, model);
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
