package io.telecomllm.model.files;

import static org.assertj.core.api.Assertions.assertThat;

import io.telecomllm.model.LanguageModel;
import io.telecomllm.quantization.BitsAndBytes;
import io.telecomllm.quantization.DenseWeight;
import io.telecomllm.quantization.FourBitWeight;
import io.telecomllm.quantization.QuantizationConfig;
import io.telecomllm.quantization.Workspace;
import io.telecomllm.tensor.DataType;
import io.telecomllm.tensor.Device;
import io.telecomllm.tensor.Operators;
import io.telecomllm.tensor.Scope;
import io.telecomllm.tensor.Tensor;
import io.telecomllm.testing.Shared;
import io.telecomllm.weights.SafetensorsWriter;
import io.telecomllm.weights.ShardedWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** bitsandbytes packs a head too if its configuration skips no module. */
@Tag("shared")
class PackedHeadTest {
  private static final String HEAD = "lm_head.weight";

  private static LanguageModel load(Path folder) {
    return ModelLoader.of(folder).device(Device.cpu()).computeType(DataType.FLOAT32).dense().load();
  }

  private static SafetensorsWriter.Tensor written(Tensor tensor) {
    return new SafetensorsWriter.Tensor(
        DataType.FLOAT32, Arrays.stream(tensor.shape()).boxed().toList(), tensor::bytes);
  }

  @Test
  void aPackedHeadIsUnpacked(@TempDir Path folder) throws IOException {
    Path golden = Shared.path("goldens/models/llama2");
    try (LanguageModel model = load(golden);
        Scope scope = Scope.open(Device.cpu());
        Workspace workspace = new Workspace(Device.cpu(), DataType.FLOAT32)) {
      Operators ops = scope.operators();
      float[][] expected = new float[2][];
      model
          .network()
          .read(
              (weights, unused) -> {
                Map<String, SafetensorsWriter.Tensor> tensors = new LinkedHashMap<>();
                weights.vectors().forEach((name, value) -> tensors.put(name, written(value)));
                weights
                    .matrices()
                    .forEach(
                        (name, value) ->
                            tensors.put(name, written(((DenseWeight) value).matrix())));
                Tensor head = weights.matrices().get(HEAD).dense(workspace);
                FourBitWeight packed = QuantizationConfig.nf4().quantize(head, scope);
                expected[0] = ops.toFloats(packed.dense(workspace));
                expected[1] = ops.toFloats(head);
                tensors.remove(HEAD);
                tensors.putAll(BitsAndBytes.tensors(HEAD, packed, DataType.FLOAT32, Device.cpu()));
                ShardedWriter.write(folder, tensors, Map.of("format", "pt"), 1L << 30);
              });
      Files.copy(golden.resolve("config.json"), folder.resolve("config.json"));
      try (LanguageModel again = load(folder)) {
        again
            .network()
            .read(
                (weights, own) ->
                    assertThat(ops.toFloats(weights.matrices().get(HEAD).dense(own)))
                        .isEqualTo(expected[0])
                        .isNotEqualTo(expected[1]));
      }
    }
  }
}
