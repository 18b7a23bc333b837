package io.telecomllm.lora;

import static io.telecomllm.testing.Vectors.assertClose;

import io.telecomllm.model.LanguageModel;
import io.telecomllm.model.files.ModelLoader;
import io.telecomllm.quantization.QuantizationConfig;
import io.telecomllm.tensor.DataType;
import io.telecomllm.tensor.Device;
import io.telecomllm.tensor.Operators;
import io.telecomllm.tensor.Scope;
import io.telecomllm.tensor.Tensor;
import io.telecomllm.testing.Golden;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The products that PEFT's PiSSA and its decomposition for LoftQ begin with. */
class InitializationGoldenTest {
  private static final String LAYER = "model.layers.0.self_attn.o_proj";

  @ParameterizedTest
  @CsvSource({
    "pissa, PISSA, 2, 4, false",
    "pissa-rslora, PISSA, 3, 4, true",
    "loftq, LOFTQ, 2, 2, false",
    "loftq, LOFTQ, 2, 5, true"
  })
  void product(
      String golden, LoraInitialization initialization, int rank, double alpha, boolean rslora) {
    Path file =
        Path.of("src/test/resources/io/telecomllm/lora/initializations.safetensors")
            .toAbsolutePath();
    LoraConfig config =
        LoraConfig.builder()
            .rank(rank)
            .alpha(alpha)
            .rankStabilized(rslora)
            .targetModules(LAYER)
            .initialization(initialization)
            .build();
    ModelLoader loader =
        ModelLoader.of(file.resolveSibling("models").resolve("phi3"))
            .device(Device.cpu())
            .computeType(DataType.FLOAT32);
    boolean quantized = initialization == LoraInitialization.LOFTQ;
    try (Golden expected = Golden.open(file.toString());
        LanguageModel model =
            (quantized ? loader.quantization(QuantizationConfig.nf4()) : loader.dense()).load();
        LoraAdapter adapter = LoraAdapter.create(config, model, 3);
        Scope scope = Scope.open(Device.cpu())) {
      Operators ops = scope.operators();
      List<Parameter> parameters = adapter.parameters();
      Tensor product =
          ops.multiply(
              ops.matmul(parameters.get(1).value(), parameters.get(0).value()),
              rslora ? alpha / Math.sqrt(rank) : alpha / rank);
      assertClose(golden, ops.toFloats(product), expected.floats(golden), 1e-4);
    }
  }
}
