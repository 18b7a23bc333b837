package io.telecomllm.quantization;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.telecomllm.DeviceException;
import io.telecomllm.InvalidDataException;
import io.telecomllm.tensor.DataType;
import io.telecomllm.tensor.Device;
import io.telecomllm.tensor.HalfFloats;
import io.telecomllm.tensor.Operators;
import io.telecomllm.tensor.Scope;
import io.telecomllm.tensor.Tensor;
import io.telecomllm.testing.ChildJvm;
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

class Int8WeightTest {
  private final Random random = new Random(4);
  private final Scope scope = Scope.open(Device.cpu());
  private final Operators ops = scope.operators();
  private final Workspace workspace = new Workspace(Device.cpu(), DataType.FLOAT32);

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

  private Int8Weight packed(float[] values, int out, int in) {
    try (Int8Packing packing = new Int8Packing(out, in, Device.cpu())) {
      packing.add("w", new DenseWeight(ops.floats(values, out, in), DataType.FLOAT32));
      return packing.pack(scope);
    }
  }

  private float[] values(Weight weight) {
    return ops.toFloats(weight.copy(workspace, DataType.FLOAT32, scope));
  }

  /** The product by integers: codes of x for its own scale in x's type, codes and scales of w. */
  private static double[] product(float[] x, float[] w, int rows, int out, int in, DataType type) {
    double[] sums = new double[rows * out];
    for (int row = 0; row < rows; row++) {
      float largest = 0;
      for (int i = 0; i < in; i++) {
        largest = Math.max(largest, Math.abs(x[row * in + i]));
      }
      float scale = largest * (float) 0.007874015748031496;
      if (type == DataType.BFLOAT16) {
        scale = Float.intBitsToFloat(HalfFloats.toBfloat16(scale) << 16);
      }
      for (int o = 0; o < out; o++) {
        for (int i = 0; i < in; i++) {
          double code = Math.floor(x[row * in + i] * (1f / scale) + 0.5);
          sums[row * out + o] += code * scale * w[o * in + i];
        }
      }
    }
    return sums;
  }

  @ParameterizedTest
  @CsvSource({
    "FLOAT32, 64, 32, 1", "FLOAT32, 50, 33, 3", "FLOAT32, 192, 160, 5", "FLOAT32, 7, 1100, 300",
    "BFLOAT16, 64, 32, 1", "BFLOAT16, 50, 33, 4", "BFLOAT16, 192, 160, 70", "BFLOAT16, 7, 1100, 300"
  })
  void itIsTheProductOfRoundedRows(DataType type, int out, int in, int rows) {
    Int8Weight weight = packed(normal(out * in), out, in);
    Tensor x = ops.to(ops.floats(normal(rows * in), rows, in), type);
    double[] expected = product(ops.toFloats(x), values(weight), rows, out, in, type);
    try (Workspace own = new Workspace(Device.cpu(), type)) {
      float[] found = ops.toFloats(weight.product(own, ops, x, 0, out));
      double rounding = type == DataType.FLOAT32 ? 1e-5 : 0x1p-7;
      // a code may be the other neighbour where x lies in the middle, up to rounding
      double slack = 0.12;
      int beyond = 0;
      for (int i = 0; i < found.length; i++) {
        double error = Math.abs(found[i] - expected[i]);
        beyond += error > rounding * Math.abs(expected[i]) + 1e-3 ? 1 : 0;
        assertThat(error).isLessThan(rounding * Math.abs(expected[i]) + slack);
      }
      assertThat(beyond).isLessThanOrEqualTo(found.length / 100);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 9})
  void thePreciseProductRoundsTo16Bits(int rows) {
    int out = 90;
    int in = 257;
    Int8Weight weight = packed(normal(out * in), out, in);
    float[] w = values(weight);
    float[] x = normal(rows * in);
    float[] found = ops.toFloats(weight.preciseProduct(ops, ops.floats(x, rows, in)));
    for (int row = 0; row < rows; row++) {
      for (int o = 0; o < out; o++) {
        double sum = 0;
        for (int i = 0; i < in; i++) {
          sum += (double) x[row * in + i] * w[o * in + i];
        }
        // a rounding of the largest |x| / 127 / 254 / 2, in 257 terms
        assertThat((double) found[row * out + o]).isCloseTo(sum, within(4e-3));
      }
    }
  }

  private static org.assertj.core.data.Offset<Double> within(double offset) {
    return org.assertj.core.api.Assertions.within(offset);
  }

  /** One value of a row is far larger than the others: 8 bits would leave them a few codes. */
  @ParameterizedTest
  @EnumSource(names = {"FLOAT32", "BFLOAT16"})
  void rowsWithAValueThatStandsOutAreReadIn16Bits(DataType type) {
    int out = 40;
    int in = 4096;
    int rows = 150; // several pieces
    float[] x = normal(rows * in);
    for (int row = 0; row < rows; row += 3) {
      x[row * in + random.nextInt(in)] = 1000;
    }
    Int8Weight weight = packed(normal(out * in), out, in);
    float[] w = values(weight);
    Tensor given = ops.to(ops.floats(x, rows, in), type);
    float[] read = ops.toFloats(given);
    try (Workspace own = new Workspace(Device.cpu(), type)) {
      float[] found = ops.toFloats(weight.product(own, ops, given, 0, out));
      double[] squares = new double[2];
      for (int row = 0; row < rows; row++) {
        for (int o = 0; o < out; o++) {
          double sum = 0;
          for (int i = 0; i < in; i++) {
            sum += (double) read[row * in + i] * w[o * in + i];
          }
          double rounded = Math.abs(sum) * (type == DataType.FLOAT32 ? 1e-6 : 0x1p-7);
          double error = Math.max(0, Math.abs(found[row * out + o] - sum) - rounded);
          squares[row % 3 == 0 ? 0 : 1] += error * error;
        }
      }
      // of 64, the deviation of a product; a scale of 8 bits would be 8, and its error over 100
      assertThat(Math.sqrt(squares[0] / (50 * out))).isLessThan(1);
      assertThat(Math.sqrt(squares[1] / (100 * out))).isLessThan(1);
    }
  }

  @Test
  void everyValueIsTheNearestOfItsRow() {
    float[] w = normal(100 * 40);
    Arrays.fill(w, 0, 40, 0f);
    Arrays.fill(w, 40, 80, -3f);
    float[] found = values(packed(w, 100, 40));
    for (int row = 0; row < 100; row++) {
      float largest = 0;
      for (int i = row * 40; i < row * 40 + 40; i++) {
        largest = Math.max(largest, Math.abs(w[i]));
      }
      for (int i = row * 40; i < row * 40 + 40; i++) {
        assertThat((double) found[i]).isCloseTo(w[i], within(largest / 254 * 1.0001 + 1e-30));
      }
    }
  }

  @Test
  void aPartOfTheRowsIsThatPartOfTheMatrix() {
    Int8Weight weight = packed(normal(256 * 96), 256, 96);
    Int8Rows rows = new Int8Rows(weight, 70, 130);
    float[] all = values(weight);
    assertThat(ops.toFloats(rows.dense(workspace)))
        .isEqualTo(Arrays.copyOfRange(all, 70 * 96, 200 * 96));
    assertThat(values(rows)).isEqualTo(Arrays.copyOfRange(all, 70 * 96, 200 * 96));
    assertThat(ops.toFloats(rows.dense(workspace, ops, 5, 1)))
        .isEqualTo(Arrays.copyOfRange(all, 75 * 96, 76 * 96));
    Tensor x = ops.floats(normal(2 * 96), 2, 96);
    float[] whole = ops.toFloats(weight.product(workspace, ops, x, 0, 256));
    float[] part = ops.toFloats(rows.product(workspace, ops, x, 3, 20));
    assertThat(Arrays.copyOfRange(part, 0, 20)).isEqualTo(Arrays.copyOfRange(whole, 73, 93));
    assertThat(Arrays.copyOfRange(part, 20, 40))
        .isEqualTo(Arrays.copyOfRange(whole, 256 + 73, 256 + 93));
    Tensor y = ops.floats(normal(2 * 130), 2, 130);
    float[] before = ops.toFloats(y);
    rows.addProductInPlace(workspace, ops, y, x, 0, 130);
    float[] after = ops.toFloats(y);
    assertThat(after[7]).isEqualTo(before[7] + whole[77]);
    assertThat(after[130]).isEqualTo(before[130] + whole[256 + 70]);
    assertThat(rows.bytes()).isBetween(130L * 96, 130L * 110);
    assertThatThrownBy(() -> new Int8Rows(weight, 200, 57)).hasMessage("rows 200 to 256 of 256");
  }

  @Test
  void severalMatricesLieOneBelowTheOther() {
    float[] first = normal(30 * 24);
    float[] second = normal(50 * 24);
    try (Int8Packing packing = new Int8Packing(80, 24, Device.cpu())) {
      packing.add("q", new DenseWeight(ops.floats(first, 30, 24), DataType.FLOAT32));
      packing.add("k", new DenseWeight(ops.floats(second, 50, 24), DataType.FLOAT32));
      float[] both = values(packing.pack(scope));
      assertThat(Arrays.copyOfRange(both, 0, 30 * 24)).isEqualTo(values(packed(first, 30, 24)));
      assertThat(Arrays.copyOfRange(both, 30 * 24, 80 * 24))
          .isEqualTo(values(packed(second, 50, 24)));
    }
  }

  /** What NF4 and blocks of GGUF files hold is rounded from their exact values. */
  @ParameterizedTest
  @EnumSource(names = {"NF4", "FP4"})
  void packedMatricesAreRoundedFromTheirValues(FourBitCode code) {
    QuantizationConfig config = new QuantizationConfig(code, true, 64);
    FourBitWeight source = config.quantize(ops.floats(normal(1 << 14), 128, 128), scope);
    float[] expected = values(packed(values(source), 128, 128));
    try (Int8Packing packing = new Int8Packing(128, 128, Device.cpu())) {
      packing.add("w", source);
      assertThat(values(packing.pack(scope))).isEqualTo(expected);
    }
  }

  @Test
  void aRowOfZerosGivesZerosAndWhatIsNoNumberStaysSo() {
    Int8Weight weight = packed(normal(64 * 32), 64, 32);
    float[] x = normal(3 * 32);
    Arrays.fill(x, 0, 32, 0f);
    x[40] = Float.NaN;
    x[70] = Float.POSITIVE_INFINITY;
    float[] found = ops.toFloats(weight.product(workspace, ops, ops.floats(x, 3, 32), 0, 64));
    for (int o = 0; o < 64; o++) {
      assertThat(found[o]).isZero();
      assertThat(found[64 + o]).isNaN();
      assertThat(Float.isFinite(found[128 + o])).isFalse();
    }
  }

  @ParameterizedTest
  @ValueSource(floats = {Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY})
  void weightsThatAreNoNumbersAreRefused(float value) {
    float[] w = normal(128 * 32);
    w[70 * 32 + 5] = value;
    assertThatThrownBy(() -> packed(w, 128, 32))
        .isInstanceOf(InvalidDataException.class)
        .hasMessage("w: NaN or infinity in rows 0 to 127");
  }

  /** Prints what packing says on this CPU. */
  static final class Probe {
    public static void main(String... arguments) {
      try (Int8Packing packing = new Int8Packing(1, 1, Device.cpu())) {
        System.out.println("supported");
      } catch (DeviceException e) {
        System.out.println(e.getMessage());
      }
    }
  }

  /** Without VNNI pairs of products are added in 16 bits, and saturate. */
  @ParameterizedTest
  @ValueSource(strings = {"AVX2", "AVX512_CORE"})
  void onOlderCpusItIsRefused(String instructions) throws Exception {
    ProcessBuilder builder = ChildJvm.of(List.of(), Probe.class);
    builder.environment().put("ONEDNN_MAX_CPU_ISA", instructions);
    Process process = builder.redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(output).isZero();
    assertThat(output).contains("no exact product of 8-bit integers on this CPU");
  }
}
