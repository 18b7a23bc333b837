package io.telecomllm.quantization;

import static org.assertj.core.api.Assertions.assertThat;

import io.telecomllm.tensor.DataType;
import io.telecomllm.tensor.Device;
import io.telecomllm.tensor.Operators;
import io.telecomllm.tensor.Scope;
import io.telecomllm.tensor.Tensor;
import io.telecomllm.testing.Golden;
import java.nio.ByteBuffer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Byte for byte what bitsandbytes makes of the same weights. */
@Tag("shared")
class QuantizationGoldenTest {
  private static final String FILE = "goldens/quantization/expected.safetensors";

  @ParameterizedTest
  @EnumSource(FourBitCode.class)
  void codesScalesAndNestedScales(FourBitCode code) {
    String type = code.name().toLowerCase(java.util.Locale.ROOT);
    try (Golden golden = Golden.open(FILE);
        Scope scope = Scope.open(Device.cpu())) {
      Operators ops = scope.operators();
      assertThat(code.table()).as("code").isEqualTo(golden.floats(type + ".code"));
      int cases = 0;
      for (; golden.names().contains(type + "." + cases + ".weight"); cases++) {
        String prefix = type + "." + cases + ".";
        float[] weight = golden.floats(prefix + "weight");
        Tensor matrix = ops.floats(weight, 1, weight.length);
        FourBitWeight plain = new QuantizationConfig(code, false, 64).quantize(matrix, scope);
        assertThat(bytes(ops, plain.packed())).isEqualTo(golden.bytes(prefix + "packed"));
        assertThat(ops.toFloats(plain.scales().values(ops)))
            .as(prefix + "absmax")
            .isEqualTo(golden.floats(prefix + "absmax"));
        assertThat(ops.toFloats(plain.toFloats(scope)))
            .as(prefix + "dequantized")
            .isEqualTo(golden.floats(prefix + "dequantized"));

        FourBitWeight nested = new QuantizationConfig(code, true, 64).quantize(matrix, scope);
        BlockScales.Nested scales = (BlockScales.Nested) nested.scales();
        assertThat(scales.offset()).isEqualTo(golden.scalar(prefix + "nested_offset"));
        assertThat(ops.toFloats(scales.table())).isEqualTo(golden.floats(prefix + "nested_code"));
        assertThat(ops.toFloats(scales.nested()))
            .isEqualTo(golden.floats(prefix + "nested_state_absmax"));
        assertThat(bytes(ops, scales.codes())).isEqualTo(golden.bytes(prefix + "nested_absmax"));
        assertThat(ops.toFloats(nested.toFloats(scope)))
            .as(prefix + "nested_dequantized")
            .isEqualTo(golden.floats(prefix + "nested_dequantized"));
      }
      assertThat(cases).isPositive();
    }
  }

  private static ByteBuffer bytes(Operators ops, Tensor tensor) {
    ByteBuffer direct = ops.copy(ops.to(tensor, DataType.UINT8)).bytes();
    return ByteBuffer.allocate(direct.remaining()).put(direct).flip();
  }
}
