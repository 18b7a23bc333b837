package io.telecomllm.model.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.telecomllm.InvalidDataException;
import io.telecomllm.UnsupportedModelException;
import io.telecomllm.model.Architecture;
import io.telecomllm.model.ModelConfig;
import io.telecomllm.quantization.FourBitCode;
import io.telecomllm.quantization.FourBitWeight;
import io.telecomllm.quantization.QuantizationConfig;
import io.telecomllm.tensor.DataType;
import io.telecomllm.tensor.Device;
import io.telecomllm.tensor.HalfFloats;
import io.telecomllm.tensor.Operators;
import io.telecomllm.tensor.Scope;
import io.telecomllm.tensor.Tensor;
import io.telecomllm.testing.Shared;
import io.telecomllm.weights.GgufFile;
import io.telecomllm.weights.SafetensorsFile;
import io.telecomllm.weights.SafetensorsWriter;
import io.telecomllm.weights.TensorSource;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tensors read whole, converted, or packed while they are read: the same values each time. */
class CheckpointTensorsTest {
  private static final ModelConfig CONFIG =
      ModelConfig.builder(Architecture.LLAMA)
          .hiddenSize(64)
          .intermediateSize(64)
          .layers(1)
          .heads(2, 2, 32)
          .vocabularySize(64)
          .contextLength(64)
          .build();

  @TempDir Path folder;

  private static void assertSamePacking(
      CheckpointTensors tensors, String name, int out, int in, Scope scope) {
    QuantizationConfig config = new QuantizationConfig(FourBitCode.NF4, true, 64);
    FourBitWeight streamed = config.quantize(tensors.matrix(name, out, in), scope);
    Tensor dense = tensors.read(name, DataType.FLOAT32, scope, out, in);
    FourBitWeight whole = config.quantize(dense, scope);
    assertThat(streamed.packed().bytes()).as(name).isEqualTo(whole.packed().bytes());
    Operators ops = scope.operators();
    assertThat(ops.toFloats(streamed.scales().values(ops)))
        .as(name)
        .isEqualTo(ops.toFloats(whole.scales().values(ops)));
  }

  @Tag("shared")
  @Test
  void theTurnedRowsOfGgufTooAreStreamed() {
    try (GgufFile gguf = GgufFile.open(Shared.gguf());
        Scope scope = Scope.open(Device.cpu())) {
      ModelConfig config = GgufConfig.read(gguf);
      CheckpointTensors tensors = new CheckpointTensors(gguf, config);
      int hidden = config.hiddenSize();
      String layer = "model.layers.0.";
      assertSamePacking(
          tensors, layer + "self_attn.q_proj.weight", config.querySize(), hidden, scope);
      assertSamePacking(
          tensors, layer + "self_attn.k_proj.weight", config.keyValueSize(), hidden, scope);
      assertSamePacking(
          tensors, layer + "mlp.down_proj.weight", hidden, config.intermediateSize(), scope);
    }
  }

  @Test
  void everyFloatingTypeIsReadToEveryOther() {
    int out = 1030;
    int in = 64;
    float[] values = new float[out * in];
    Map<String, SafetensorsWriter.Tensor> written = new HashMap<>();
    for (DataType type : List.of(DataType.FLOAT32, DataType.BFLOAT16, DataType.FLOAT16)) {
      ByteBuffer bytes =
          ByteBuffer.allocate(values.length * type.bytes()).order(ByteOrder.LITTLE_ENDIAN);
      for (int i = 0; i < values.length; i++) {
        // exact in each of the types
        values[i] = (i * 37 % 255 - 127) / 64f;
        switch (type) {
          case FLOAT32 -> bytes.putFloat(values[i]);
          case BFLOAT16 -> bytes.putShort(HalfFloats.toBfloat16(values[i]));
          default -> bytes.putShort(HalfFloats.toFloat16(values[i]));
        }
      }
      written.put(
          type.name(),
          SafetensorsWriter.Tensor.of(type, List.of((long) out, (long) in), bytes.flip()));
    }
    Path file = folder.resolve("w.safetensors");
    SafetensorsWriter.write(file, written, Map.of());
    try (TensorSource source = SafetensorsFile.open(file);
        Scope scope = Scope.open(Device.cpu())) {
      CheckpointTensors tensors = new CheckpointTensors(source, CONFIG);
      for (String name : written.keySet()) {
        for (DataType type : List.of(DataType.FLOAT32, DataType.BFLOAT16)) {
          Tensor read = tensors.read(name, type, scope, out, in);
          assertThat(read.shape()).containsExactly(out, in);
          assertThat(scope.operators().toFloats(read)).as(name + " " + type).isEqualTo(values);
        }
        assertSamePacking(tensors, name, out, in, scope);
      }
    }
  }

  @Test
  void otherShapesAndPackedIntegersAreRefusedByName() {
    Path file = folder.resolve("w.safetensors");
    Map<String, SafetensorsWriter.Tensor> written =
        Map.of(
            "w",
            SafetensorsWriter.Tensor.of(DataType.INT8, List.of(4L, 64L), ByteBuffer.allocate(256)));
    SafetensorsWriter.write(file, written, Map.of());
    try (TensorSource source = SafetensorsFile.open(file);
        Scope scope = Scope.open(Device.cpu())) {
      CheckpointTensors tensors = new CheckpointTensors(source, CONFIG);
      assertThatThrownBy(() -> tensors.matrix("w", 64, 4))
          .isInstanceOf(InvalidDataException.class)
          .hasMessage(file + ": tensor w has shape [4, 64], the configuration needs [64, 4]");
      for (Runnable read :
          List.<Runnable>of(
              () -> tensors.matrix("w", 4, 64),
              () -> tensors.read("w", DataType.FLOAT32, scope, 4, 64))) {
        assertThatThrownBy(read::run)
            .isInstanceOf(UnsupportedModelException.class)
            .hasMessage(
                file
                    + ": tensor w holds I8, an unknown packing; dense weights are"
                    + " BF16, F16 or F32");
      }
      assertThat(tensors.packed("w", scope, 4, 64, true)).isNull();
    }
  }
}
