package io.telecomllm.weights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.telecomllm.quantization.BlockWeight;
import io.telecomllm.quantization.ByteTable;
import io.telecomllm.quantization.GroupPacking;
import io.telecomllm.quantization.GroupWeight;
import io.telecomllm.quantization.Workspace;
import io.telecomllm.tensor.DataType;
import io.telecomllm.tensor.Device;
import io.telecomllm.tensor.Operators;
import io.telecomllm.tensor.Scope;
import io.telecomllm.tensor.Tensor;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Blocks of a GGUF file, laid out for answering, hold the values that {@link Encoding} decodes. */
class AnsweringBlocksTest {
  private static final int IN = 768;
  private static final int OUT = 1536; // more rows than are packed or unpacked at a time
  private static final int GROUP = 32;
  private static final Set<Encoding> FOUR_BITS =
      EnumSet.of(Encoding.Q4_0, Encoding.Q4_1, Encoding.Q4_K);
  private static final Set<Encoding> KEPT =
      EnumSet.of(
          Encoding.Q4_0,
          Encoding.Q4_1,
          Encoding.Q4_K,
          Encoding.Q5_0,
          Encoding.Q5_1,
          Encoding.Q5_K,
          Encoding.Q8_0);

  static Stream<Encoding> blockEncodings() {
    return Arrays.stream(Encoding.values()).filter(e -> e.dataType().isEmpty());
  }

  static Set<Encoding> kept() {
    return KEPT;
  }

  private static byte[] raw(Encoding encoding) {
    return EncodingTest.blocks(encoding, OUT * IN / encoding.blockValues(), 99);
  }

  private static float[] decoded(Encoding encoding, byte[] raw) {
    float[] values = new float[OUT * IN];
    encoding.decode(raw, 0, OUT * IN / encoding.blockValues(), values, 0);
    return values;
  }

  private static float[] packed(Encoding encoding, byte[] raw) {
    try (Scope scope = Scope.open(Device.cpu());
        Workspace workspace = new Workspace(Device.cpu(), DataType.BFLOAT16)) {
      Operators ops = scope.operators();
      GroupWeight weight = GroupPacking.pack("w", blocks(encoding, raw, ops), scope);
      int bits = FOUR_BITS.contains(encoding) ? 4 : 8;
      assertThat(weight.bits()).isEqualTo(bits);
      // one bit in five is of scales and zeros
      assertThat(weight.bytes()).isEqualTo((long) OUT * IN * bits / 8 * 5 / 4);
      return ops.toFloats(weight.copy(workspace, DataType.FLOAT32, scope));
    }
  }

  /** With scales of few digits nothing is rounded, so that a code that changes shows. */
  @ParameterizedTest
  @MethodSource("kept")
  void codesAreKept(Encoding encoding) {
    byte[] raw = raw(encoding);
    for (int block = 0; block < raw.length; block += encoding.blockBytes()) {
      // as half precision numbers: 2^-8, and a minimum of 2^-5
      put(raw, block, 0x1c00);
      if (EnumSet.of(Encoding.Q4_1, Encoding.Q5_1, Encoding.Q4_K, Encoding.Q5_K)
          .contains(encoding)) {
        put(raw, block + 2, 0x2800);
      }
    }
    assertThat(packed(encoding, raw)).isEqualTo(decoded(encoding, raw));
  }

  private static void put(byte[] raw, int at, int half) {
    raw[at] = (byte) half;
    raw[at + 1] = (byte) (half >> 8);
  }

  @ParameterizedTest
  @EnumSource(names = {"Q6_K", "Q8_0"})
  void headsOfBytesHoldTheSameValues(Encoding encoding) {
    byte[] raw = raw(encoding);
    float[] expected = decoded(encoding, raw);
    try (Scope scope = Scope.open(Device.cpu());
        Workspace workspace = new Workspace(Device.cpu(), DataType.BFLOAT16)) {
      Operators ops = scope.operators();
      ByteTable table = ByteTable.of(blocks(encoding, raw, ops), scope);
      // bytes, and four of a scale for each group of 16 or 32
      assertThat(table.bytes())
          .isEqualTo((long) OUT * IN + OUT * IN / (encoding == Encoding.Q6_K ? 4 : 8));
      assertThat(ops.toFloats(table.copy(workspace, DataType.FLOAT32, scope)))
          .usingElementComparator(AnsweringBlocksTest::compareWithoutSignOfZero)
          .isEqualTo(expected);
      float[] rounded = ops.toFloats(ops.to(ops.floats(expected, OUT, IN), DataType.BFLOAT16));
      assertThat(ops.toFloats(table.dense(workspace)))
          .usingElementComparator(AnsweringBlocksTest::compareWithoutSignOfZero)
          .isEqualTo(rounded);
      assertThat(ops.toFloats(table.lookUp(workspace, ops.longs(1500, 7), scope)))
          .usingElementComparator(AnsweringBlocksTest::compareWithoutSignOfZero)
          .startsWith(Arrays.copyOfRange(rounded, 1500 * IN, 1501 * IN))
          .endsWith(Arrays.copyOfRange(rounded, 7 * IN, 8 * IN));
    }
  }

  private static int compareWithoutSignOfZero(float a, float b) {
    return Float.compare(a + 0f, b + 0f);
  }

  private static BlockWeight blocks(Encoding encoding, byte[] raw, Operators ops) {
    Tensor rows = ops.reshape(ops.bytes(raw), OUT, BlockWeight.rowBytes(encoding, IN));
    return new BlockWeight(encoding, OUT, IN, rows);
  }

  @Test
  void otherHeadsAreRefused() {
    try (Scope scope = Scope.open(Device.cpu())) {
      BlockWeight blocks = blocks(Encoding.Q4_K, raw(Encoding.Q4_K), scope.operators());
      assertThat(ByteTable.fits(blocks)).isFalse();
      assertThatThrownBy(() -> ByteTable.of(blocks, scope))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage("Q4_K is neither Q6_K nor Q8_0");
      Operators ops = scope.operators();
      assertThatThrownBy(
              () ->
                  new ByteTable(ops.zeros(DataType.INT8, 2, 30), ops.zeros(DataType.FLOAT32, 2, 4)))
          .hasMessage("2 x 4 scales do not divide 2 x 30 codes");
    }
  }

  /** A rounding to bf16 is off by up to 2^-8; that of a scale counts up to half the range. */
  @ParameterizedTest
  @MethodSource("blockEncodings")
  void valuesDifferByTheRoundingOfTheirScales(Encoding encoding) {
    byte[] raw = raw(encoding);
    float[] expected = decoded(encoding, raw);
    float[] found = packed(encoding, raw);
    for (int group = 0; group < expected.length; group += GROUP) {
      float low = Float.MAX_VALUE;
      float high = -Float.MAX_VALUE;
      for (int i = group; i < group + GROUP; i++) {
        low = Math.min(low, expected[i]);
        high = Math.max(high, expected[i]);
      }
      double range = (double) high - low;
      double largest = Math.max(Math.abs(low), Math.abs(high));
      double bound = range / 255 * 0.8;
      if (KEPT.contains(encoding)) {
        // 32 random codes span nearly the whole range
        bound = range / 2 * 0x1p-8 * 1.3;
      }
      // the zero: the value of the middle code, in one number or two of bf16
      bound += (FOUR_BITS.contains(encoding) ? 0x1p-8 : 0x1p-16) * 2 * largest + 1e-30;
      for (int i = group; i < group + GROUP; i++) {
        assertThat((double) found[i])
            .as("value %d of a group up to %s", i, largest)
            .isBetween(expected[i] - bound, expected[i] + bound);
      }
    }
  }
}
