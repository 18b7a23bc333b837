package io.telecomllm.quantization;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.telecomllm.DeviceException;
import io.telecomllm.InvalidDataException;
import io.telecomllm.tensor.DataType;
import io.telecomllm.tensor.Device;
import io.telecomllm.tensor.Operators;
import io.telecomllm.tensor.Scope;
import io.telecomllm.tensor.Tensor;
import io.telecomllm.testing.ChildJvm;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class GroupWeightTest {
  private static final double ULP = 0x1p-7; // a rounding to bf16 is at most half of it

  private final Random random = new Random(4);
  private final Scope scope = Scope.open(Device.cpu());
  private final Operators ops = scope.operators();
  private final Workspace workspace = new Workspace(Device.cpu(), DataType.BFLOAT16);

  @AfterEach
  void close() {
    workspace.close();
    scope.close();
  }

  private float[] normal(int count) {
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return values;
  }

  private DenseWeight dense(float[] values, int out, int in) {
    return new DenseWeight(ops.floats(values, out, in), DataType.FLOAT32);
  }

  private float[] values(Weight weight) {
    return ops.toFloats(weight.copy(workspace, DataType.FLOAT32, scope));
  }

  /** The sums of products, and of their magnitudes. */
  private static double[][] product(float[] x, float[] w, int rows, int out, int in) {
    double[][] sums = new double[2][rows * out];
    for (int row = 0; row < rows; row++) {
      for (int o = 0; o < out; o++) {
        for (int i = 0; i < in; i++) {
          double term = (double) x[row * in + i] * w[o * in + i];
          sums[0][row * out + o] += term;
          sums[1][row * out + o] += Math.abs(term);
        }
      }
    }
    return sums;
  }

  @ParameterizedTest
  @CsvSource({"64, 32, 4", "64, 32, 8", "192, 160, 4", "192, 160, 8", "128, 1088, 4"})
  void fewAndManyRowsGiveTheProductWithItsValues(int out, int in, int bits) {
    Weight source =
        bits == 4
            ? dense(normal(out * in), out, in)
            : QuantizationConfig.nf4().quantize(ops.floats(normal(out * in), out, in), scope);
    GroupWeight weight = GroupPacking.pack("w", source, scope);
    assertThat(weight.bits()).isEqualTo(bits);
    float[] w = values(weight);
    for (int rows : new int[] {1, 3, GroupWeight.FEW, GroupWeight.FEW + 1}) {
      Tensor x = ops.to(ops.floats(normal(rows * in), rows, in), DataType.BFLOAT16);
      double[][] expected = product(ops.toFloats(x), w, rows, out, in);
      float[] found = ops.toFloats(weight.product(workspace, ops, x, 0, out));
      // unpacked values are rounded
      double ofWeight = rows > GroupWeight.FEW ? ULP / 2 : 1e-6;
      assertProduct("product of " + rows, found, expected, ofWeight, 0);
      Tensor y = ops.to(ops.floats(normal(rows * out), rows, out), DataType.BFLOAT16);
      float[] before = ops.toFloats(y);
      weight.addProductInPlace(workspace, ops, y, x, 0, out);
      for (int i = 0; i < before.length; i++) {
        expected[0][i] += before[i];
      }
      // the product of few rows is rounded before the sum
      assertProduct("sum of " + rows, ops.toFloats(y), expected, ofWeight, ULP / 2 * (6 + 200));
    }
  }

  private static void assertProduct(
      String what, float[] found, double[][] expected, double ofWeight, double more) {
    for (int i = 0; i < found.length; i++) {
      double bound = ofWeight * expected[1][i] + ULP / 2 * Math.abs(expected[0][i]) + more + 1e-5;
      assertThat((double) found[i])
          .as("%s, value %d", what, i)
          .isBetween(expected[0][i] - bound, expected[0][i] + bound);
    }
  }

  @Test
  void aPartOfTheRowsIsThatPartOfTheMatrix() {
    GroupWeight weight = GroupPacking.pack("w", dense(normal(256 * 96), 256, 96), scope);
    float[] all = ops.toFloats(weight.dense(workspace));
    for (int[] part : new int[][] {{0, 64}, {70, 5}, {63, 130}, {255, 1}}) {
      float[] expected = Arrays.copyOfRange(all, part[0] * 96, (part[0] + part[1]) * 96);
      assertThat(ops.toFloats(weight.dense(workspace, ops, part[0], part[1]))).isEqualTo(expected);
      Tensor x = ops.to(ops.floats(normal(96), 1, 96), DataType.BFLOAT16);
      float[] whole = ops.toFloats(weight.product(workspace, ops, x, 0, 256));
      float[] some = ops.toFloats(weight.product(workspace, ops, x, part[0], part[1]));
      for (int i = 0; i < some.length; i++) {
        assertThat(some[i]).isCloseTo(whole[part[0] + i], within(0.2f));
      }
    }
  }

  private static org.assertj.core.data.Offset<Float> within(float offset) {
    return org.assertj.core.api.Assertions.within(offset);
  }

  @Test
  void everyValueIsTheNearestOfItsGroup() {
    float[] values = normal(64 * 320);
    Arrays.fill(values, 0, 32, 0.1f);
    Arrays.fill(values, 32, 64, 0f);
    Arrays.fill(values, 64, 96, -3f);
    float[] found = values(GroupPacking.pack("w", dense(values, 64, 320), scope));
    for (int group = 0; group < values.length; group += 32) {
      float low = Float.MAX_VALUE;
      float high = -Float.MAX_VALUE;
      for (int i = group; i < group + 32; i++) {
        low = Math.min(low, values[i]);
        high = Math.max(high, values[i]);
      }
      // half a step; at the ends the roundings of the scale and of the zero come to it
      double bound = (high - low) / 30.0 * 1.03 + ULP / 2 * Math.max(Math.abs(low), high) + 1e-30;
      for (int i = group; i < group + 32; i++) {
        assertThat((double) found[i])
            .as("value %d", i)
            .isBetween(values[i] - bound, values[i] + bound);
      }
    }
  }

  /** bitsandbytes' measure: NF4 with blocks of 64 has 0.0728. */
  @Test
  void theErrorOfNormalValuesIsBelowThatOfNf4() {
    float[] values = normal(1024 * 1024);
    float[] found = values(GroupPacking.pack("w", dense(values, 1024, 1024), scope));
    double sum = 0;
    for (int i = 0; i < values.length; i++) {
      sum += Math.abs(found[i] - values[i]);
    }
    assertThat(sum / values.length).isBetween(0.064, 0.066);
  }

  @Test
  void bitsAndBytesWeightsKeepTheirValuesNearly() {
    FourBitWeight packed =
        QuantizationConfig.nf4().quantize(ops.floats(normal(1 << 16), 256, 256), scope);
    float[] expected = ops.toFloats(packed.toFloats(scope));
    float[] found = values(GroupPacking.pack("w", packed, scope));
    double error = 0;
    double size = 0;
    for (int i = 0; i < found.length; i++) {
      error += Math.pow(found[i] - expected[i], 2);
      size += Math.pow(expected[i], 2);
    }
    // the error of NF4 itself is 0.09
    assertThat(Math.sqrt(error / size)).isLessThan(0.006);
  }

  @ParameterizedTest
  @EnumSource(names = {"FLOAT32", "FLOAT16"})
  void otherTypesUnpack(DataType type) {
    GroupWeight weight = GroupPacking.pack("w", dense(normal(64 * 64), 64, 64), scope);
    try (Workspace other = new Workspace(Device.cpu(), type)) {
      Tensor x = ops.to(ops.floats(normal(64), 1, 64), type);
      double[][] expected = product(ops.toFloats(x), values(weight), 1, 64, 64);
      float[] found = ops.toFloats(weight.product(other, ops, x, 0, 64));
      assertProduct("in " + type, found, expected, 0x1p-10, 0);
    }
  }

  @Test
  void whatDoesNotFitIsRefused() {
    assertThat(GroupWeight.fits(64, 32)).isTrue();
    assertThat(GroupWeight.fits(96, 32)).isFalse();
    assertThat(GroupWeight.fits(64, 48)).isFalse();
    assertThatThrownBy(() -> GroupPacking.pack("w", dense(normal(96 * 32), 96, 32), scope))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("96 x 32, must be multiples of 64 and 32");
    Tensor packed = ops.zeros(DataType.UINT8, 64, 16);
    Tensor scales = ops.zeros(DataType.BFLOAT16, 1, 64, 2);
    assertThatThrownBy(() -> new GroupWeight(64, 32, 5, packed, scales))
        .hasMessage("bits are 5, must be 4 or 8");
    assertThatThrownBy(() -> new GroupWeight(64, 32, 8, packed, scales))
        .hasMessage("1024 bytes do not hold 64 x 32 codes of 8 bits");
    assertThatThrownBy(
            () -> new GroupWeight(64, 32, 4, packed, ops.zeros(DataType.BFLOAT16, 1, 32, 2)))
        .hasMessage("64 scales and zeros for 1024 bytes of codes");
  }

  @ParameterizedTest
  @ValueSource(floats = {Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY})
  void whatIsNoNumberIsRefused(float value) {
    float[] values = normal(128 * 32);
    values[70 * 32 + 5] = value;
    assertThatThrownBy(() -> GroupPacking.pack("q_proj", dense(values, 128, 32), scope))
        .isInstanceOf(InvalidDataException.class)
        .hasMessage("q_proj: NaN or infinity in rows 0 to 127");
  }

  @Test
  void anUnknownLayoutIsRefused() {
    byte[] codes = new byte[64 * 32];
    random.nextBytes(codes);
    for (int i = 0; i < codes.length; i++) {
      codes[i] &= 15;
    }
    ByteBuffer adjacent = ByteBuffer.allocate(codes.length / 2);
    for (int column = 0; column < 32; column++) {
      for (int row = 0; row < 64; row += 2) {
        adjacent.put((byte) (codes[row * 32 + column] | codes[(row + 1) * 32 + column] << 4));
      }
    }
    assertThatThrownBy(() -> GroupLayout.block(codes, adjacent.flip()))
        .isInstanceOf(DeviceException.class)
        .hasMessageContaining("libtorch has no fast product of 4-bit weights on this CPU")
        .hasMessageContaining("load the model without forAnswering()");
  }

  /** Prints the layout's block, and whether few and many rows give the same. */
  static final class Probe {
    public static void main(String... arguments) {
      GroupWeightTest test = new GroupWeightTest();
      try {
        System.out.println("block " + GroupLayout.block());
        test.fewAndManyRowsGiveTheProductWithItsValues(192, 160, 4);
        test.fewAndManyRowsGiveTheProductWithItsValues(192, 160, 8);
        test.aPartOfTheRowsIsThatPartOfTheMatrix();
        System.out.println("products agree");
      } catch (DeviceException e) {
        System.out.println(e.getMessage());
      }
    }
  }

  @ParameterizedTest
  @CsvSource({
    "avx2, block 32, products agree",
    "default, libtorch has no fast product, without forAnswering()"
  })
  void otherCpusHaveOtherLayouts(String capability, String first, String second) throws Exception {
    ProcessBuilder builder = ChildJvm.of(List.of(), Probe.class);
    builder.environment().put("ATEN_CPU_CAPABILITY", capability);
    Process process = builder.redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(output).isZero();
    assertThat(output).contains(first, second);
  }
}
