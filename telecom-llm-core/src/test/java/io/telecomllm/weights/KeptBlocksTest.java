package io.telecomllm.weights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.telecomllm.quantization.BlockWeight;
import io.telecomllm.quantization.Workspace;
import io.telecomllm.tensor.DataType;
import io.telecomllm.tensor.Device;
import io.telecomllm.tensor.Operators;
import io.telecomllm.tensor.Scope;
import io.telecomllm.tensor.Tensor;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Blocks in native memory unpack to the values that {@link EncodingTest} compares with gguf's. */
class KeptBlocksTest {
  static Stream<Encoding> blockEncodings() {
    return Arrays.stream(Encoding.values()).filter(e -> e.dataType().isEmpty());
  }

  @ParameterizedTest
  @MethodSource("blockEncodings")
  void everyValueIsTheDecodedOne(Encoding encoding) {
    // more rows than are unpacked at a time
    int in = 8 * 256;
    int out = (1 << 19) / in + 5;
    byte[] raw = EncodingTest.blocks(encoding, out * in / encoding.blockValues(), 99);
    float[] expected = new float[out * in];
    encoding.decode(raw, 0, out * in / encoding.blockValues(), expected, 0);
    try (Scope scope = Scope.open(Device.cpu())) {
      BlockWeight weight = weight(encoding, out, in, raw, scope);
      assertThat(weight.bytes()).isEqualTo(raw.length);
      for (DataType type : new DataType[] {DataType.FLOAT32, DataType.BFLOAT16}) {
        try (Workspace workspace = new Workspace(Device.cpu(), type)) {
          float[] values = floats(weight.dense(workspace));
          float[] rounded = rounded(expected, type);
          for (int i = 0; i < values.length; i++) {
            // negative zeros count as zeros
            assertThat(values[i] + 0f).as("value %d in %s", i, type).isEqualTo(rounded[i] + 0f);
          }
          float[] some = floats(weight.dense(workspace, scope.operators(), 3, 2));
          assertThat(some).isEqualTo(Arrays.copyOfRange(values, 3 * in, 5 * in));
        }
      }
    }
  }

  private static BlockWeight weight(Encoding encoding, int out, int in, byte[] raw, Scope scope) {
    Operators ops = scope.operators();
    return new BlockWeight(
        encoding, out, in, ops.reshape(ops.bytes(raw), out, BlockWeight.rowBytes(encoding, in)));
  }

  private static float[] floats(Tensor tensor) {
    try (Scope scope = Scope.open(Device.cpu())) {
      return scope.operators().toFloats(tensor);
    }
  }

  private static float[] rounded(float[] values, DataType type) {
    try (Scope scope = Scope.open(Device.cpu())) {
      Operators ops = scope.operators();
      return ops.toFloats(ops.to(ops.floats(values, values.length), type));
    }
  }

  @Test
  void sizesThatDoNotFitAreRefused() {
    try (Scope scope = Scope.open(Device.cpu())) {
      assertThatThrownBy(() -> weight(Encoding.Q8_0, 2, 33, new byte[68], scope))
          .hasMessage("33 columns are no multiple of the block size 32");
      assertThatThrownBy(
              () ->
                  new BlockWeight(
                      Encoding.Q8_0,
                      3,
                      32,
                      scope.operators().reshape(scope.operators().bytes(new byte[68]), 2, 34)))
          .hasMessage("68 bytes do not hold 3 x 32 values of Q8_0");
      assertThatThrownBy(() -> weight(Encoding.F16, 2, 32, new byte[128], scope))
          .hasMessage("F16 has no blocks");
    }
  }
}
