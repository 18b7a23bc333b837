package io.telecomllm.quantization;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.telecomllm.InvalidDataException;
import io.telecomllm.tensor.DataType;
import io.telecomllm.tensor.Device;
import io.telecomllm.tensor.HalfFloats;
import io.telecomllm.tensor.Operators;
import io.telecomllm.tensor.Scope;
import io.telecomllm.tensor.Tensor;
import io.telecomllm.tensor.Threads;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The packing against a naive one, value by value. */
class FourBitEncoderTest {
  private static MatrixSource source(DataType type, float[] values, int in) {
    ByteBuffer bytes =
        ByteBuffer.allocate(values.length * type.bytes()).order(ByteOrder.LITTLE_ENDIAN);
    for (float value : values) {
      switch (type) {
        case FLOAT32 -> bytes.putFloat(value);
        case BFLOAT16 -> bytes.putShort(HalfFloats.toBfloat16(value));
        default -> bytes.putShort(HalfFloats.toFloat16(value));
      }
    }
    return new MatrixSource(
        "file, tensor w",
        type,
        values.length / in,
        in,
        (first, into) ->
            into.put(bytes.slice((int) first * type.bytes(), into.remaining()).duplicate()));
  }

  /** In fp32 step by step; a code's rank is the number of midpoints below the fraction. */
  private static byte[] naive(FourBitCode code, int block, float[] values, float[] scales) {
    byte[] packed = new byte[values.length / 2];
    for (int i = 0; i < values.length; i++) {
      float largest = 0;
      for (int j = i / block * block; j < i / block * block + block; j++) {
        largest = Math.max(largest, Math.abs(values[j]));
      }
      scales[i / block] = largest;
      float fraction = values[i] * (1f / Math.max(largest, 1e-38f));
      fraction = Math.max(-1, Math.min(1, fraction));
      int rank = 0;
      for (float bound : code.bounds()) {
        rank += bound < fraction ? 1 : 0;
      }
      packed[i / 2] |= (byte) (code.order()[rank] << (i % 2 == 0 ? 4 : 0));
    }
    return packed;
  }

  private static void check(FourBitWeight weight, byte[] packed, float[] scales) {
    byte[] found = new byte[packed.length];
    weight.packed().bytes().get(found);
    assertThat(found).isEqualTo(packed);
    float[] kept = new float[scales.length];
    ((BlockScales.Plain) weight.scales()).scales().bytes().asFloatBuffer().get(kept);
    assertThat(kept).isEqualTo(scales);
  }

  /** Over all magnitudes, subnormal ones too, with zeros and values on the midpoints themselves. */
  private static float[] values(Random random, FourBitCode code, DataType type, int count) {
    float[] values = new float[count];
    float[] bounds = code.bounds();
    for (int i = 0; i < count; i++) {
      int exponent = type == DataType.FLOAT16 ? random.nextInt(28) - 22 : random.nextInt(40) - 20;
      float value = (float) Math.scalb(random.nextGaussian(), i / 256 % 3 == 0 ? exponent : 0);
      if (i / 64 % 4 == 1) {
        value = i % 64 == 0 ? 1 : bounds[random.nextInt(15)] + (random.nextInt(5) - 2) * 0x1p-26f;
      } else if (i / 64 % 7 == 2) {
        value = 0;
      } else if (i / 64 % 7 == 3 && type != DataType.FLOAT16) {
        value *= 1e-38f;
      }
      values[i] = rounded(type, value);
    }
    return values;
  }

  private static float rounded(DataType type, float value) {
    return switch (type) {
      case FLOAT32 -> value;
      case BFLOAT16 -> Float.intBitsToFloat(HalfFloats.toBfloat16(value) << 16);
      default -> half(HalfFloats.toFloat16(value));
    };
  }

  private static float half(short bits) {
    int exponent = (bits >> 10) & 31;
    double fraction = (bits & 1023) / 1024.0;
    double magnitude =
        exponent == 0 ? Math.scalb(fraction, -14) : Math.scalb(1 + fraction, exponent - 15);
    return (float) (bits < 0 ? -magnitude : magnitude);
  }

  @Property(tries = 60)
  void theNaivePackingIsMetFromEveryType(
      @ForAll FourBitCode code,
      @ForAll @IntRange(min = 5, max = 9) int blockBits,
      @ForAll @IntRange(min = 0, max = 2) int typeIndex,
      @ForAll @IntRange(min = 1, max = 40) int blocks,
      @ForAll int seed) {
    DataType type =
        new DataType[] {DataType.FLOAT32, DataType.BFLOAT16, DataType.FLOAT16}[typeIndex];
    int block = 1 << blockBits;
    float[] values = values(new Random(seed), code, type, blocks * block);
    float[] scales = new float[blocks];
    byte[] packed = naive(code, block, values, scales);
    QuantizationConfig config = new QuantizationConfig(code, false, block);
    try (Scope scope = Scope.open(Device.cpu())) {
      check(config.quantize(source(type, values, block), scope), packed, scales);
      Tensor matrix = scope.operators().floats(values, blocks, block);
      check(config.quantize(matrix, scope), packed, scales);
      Tensor turned = scope.operators().to(matrix, type);
      check(config.quantize(turned, scope), packed, scales);
    }
  }

  @ParameterizedTest
  @EnumSource(FourBitCode.class)
  void severalPiecesOnAnyNumberOfThreads(FourBitCode code) {
    int in = 3 * 64;
    int out = 7 * FourBitEncoder.PIECE / in + 1;
    float[] values = values(new Random(1), code, DataType.BFLOAT16, out * in);
    float[] scales = new float[values.length / 64];
    byte[] packed = naive(code, 64, values, scales);
    int before = Threads.count();
    byte[] nested = null;
    float offset = 0;
    try {
      for (int threads : new int[] {1, 2, 5}) {
        Threads.use(threads);
        try (Scope scope = Scope.open(Device.cpu())) {
          MatrixSource source = source(DataType.BFLOAT16, values, in);
          check(new QuantizationConfig(code, false, 64).quantize(source, scope), packed, scales);
          BlockScales.Nested twice =
              (BlockScales.Nested)
                  new QuantizationConfig(code, true, 64).quantize(source, scope).scales();
          byte[] codes = new byte[scales.length];
          twice.codes().bytes().get(codes);
          if (nested != null) {
            assertThat(codes).as("%s threads", threads).isEqualTo(nested);
            assertThat(twice.offset()).isEqualTo(offset);
          }
          nested = codes;
          offset = twice.offset();
        }
      }
    } finally {
      Threads.use(before);
    }
  }

  @Test
  void moreScalesThanOneThreadSumsHaveTheSameOffsetOnAnyNumber() {
    int before = Threads.count();
    float[] values = new float[100_003 * 32];
    Random random = new Random(2);
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) random.nextGaussian();
    }
    float[] offsets = new float[2];
    try (Scope scope = Scope.open(Device.cpu())) {
      for (int threads = 1; threads <= 2; threads++) {
        Threads.use(threads);
        BlockScales scales =
            new QuantizationConfig(FourBitCode.NF4, true, 32)
                .quantize(source(DataType.FLOAT32, values, 32), scope)
                .scales();
        offsets[threads - 1] = ((BlockScales.Nested) scales).offset();
      }
    } finally {
      Threads.use(before);
    }
    assertThat(offsets[1]).isEqualTo(offsets[0]);
  }

  @Test
  void valuesThatAreNoNumbersAreRefused() {
    for (DataType type : new DataType[] {DataType.FLOAT32, DataType.BFLOAT16, DataType.FLOAT16}) {
      for (float bad : new float[] {Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY}) {
        float[] values = new float[4 * FourBitEncoder.PIECE];
        Arrays.fill(values, 0.5f);
        values[3 * FourBitEncoder.PIECE + 70] = bad;
        try (Scope scope = Scope.open(Device.cpu())) {
          assertThatThrownBy(
                  () -> QuantizationConfig.nf4().quantize(source(type, values, 256), scope))
              .isInstanceOf(InvalidDataException.class)
              .hasMessage("file, tensor w: NaN or infinity near value 196672");
        }
      }
    }
  }

  @Test
  void aMatrixThatIsNoWholeNumberOfBlocksIsRefused() {
    try (Scope scope = Scope.open(Device.cpu())) {
      assertThatThrownBy(
              () ->
                  QuantizationConfig.nf4()
                      .quantize(source(DataType.FLOAT32, new float[96], 32), scope))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage("3 x 32 is not a multiple of the block size 64");
      assertThatThrownBy(
              () -> new MatrixSource("w", DataType.INT8, 1, 64, (first, into) -> into.clear()))
          .hasMessage("type is INT8, must be FLOAT32, BFLOAT16 or FLOAT16");
    }
  }

  /** QLoRA's table 2 of the paper's code: block 64, normal data. */
  @Test
  void theErrorOnNormalDataIsTheKnownOne() {
    float[] values = new float[1 << 20];
    Random random = new Random(3);
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) random.nextGaussian();
    }
    try (Scope scope = Scope.open(Device.cpu())) {
      Operators ops = scope.operators();
      FourBitWeight weight =
          new QuantizationConfig(FourBitCode.NF4, false, 64)
              .quantize(source(DataType.FLOAT32, values, 1024), scope);
      float[] back = ops.toFloats(weight.toFloats(scope));
      double error = 0;
      for (int i = 0; i < values.length; i++) {
        error += Math.abs(back[i] - values[i]);
      }
      assertThat(error / values.length).isBetween(0.0718, 0.0738);
    }
  }
}
